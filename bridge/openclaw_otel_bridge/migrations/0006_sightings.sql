-- What a scope or a search sees of an issue is read from its sightings, not from its events or hours of counts: one row
-- per grouping and place, a place being what scopes speak of. Processes of the version before go on beside this: their
-- deltas lack the new columns, their pages read the view `counters`, their folding fails and leaves the deltas to us.
lock table counter_deltas, counters in exclusive mode;

create table places (                                  -- each once: some hundreds, whatever the number of events
    id              integer generated always as identity primary key,
    project_id      integer not null,
    platform        text not null,                     -- '' = none, as in the others
    store           text not null,
    service         text not null,
    env             text not null,
    unique (project_id, store, service, env, platform)
);
alter table groupings add unique (id, issue_id);
create table sightings (                               -- folded; add unfolded counter_deltas
    grouping_id     bigint not null,
    issue_id        bigint not null,                   -- groupings.issue_id
    place_id        integer not null references places,
    n               bigint not null,
    first_seen      timestamptz not null,
    last_seen       timestamptz not null,
    message         text not null,                     -- of the first, its first 300 characters
    primary key (grouping_id, place_id),
    foreign key (grouping_id, issue_id) references groupings (id, issue_id) on update cascade
);
create index sightings_issue on sightings (issue_id);
create table tallies (                                 -- the same by hour, without times and message
    grouping_id     bigint not null references groupings,
    hour            timestamptz not null,
    place_id        integer not null references places,
    n               bigint not null,
    primary key (grouping_id, hour, place_id)
);

-- Counts that are not folded yet, as the worker folds them, so that counters hold every stored event.
with known as (
    select g.issue_id, d.* from counter_deltas d join groupings g on g.id = d.grouping_id
), counted as (
    insert into counters as c (grouping_id, hour, store, env, n)
    select grouping_id, hour, store, env, sum(n) from known group by 1, 2, 3, 4
    on conflict (grouping_id, hour, store, env) do update set n = c.n + excluded.n
), sums as (
    select issue_id, sum(n) as n, max(last_seen) as last_seen from known group by issue_id
), kept as (
    update folded_groupings f set last_seen = greatest(f.last_seen, s.last_seen)
    from (select grouping_id, max(last_seen) as last_seen from known group by grouping_id) s
    where f.grouping_id = s.grouping_id
), moved as (
    update issues i set event_count = i.event_count + s.n, last_seen = greatest(i.last_seen, s.last_seen)
    from sums s where i.id = s.issue_id
)
update totals set n = n + (select coalesce(sum(n), 0) from counter_deltas) where name = 'events';
delete from counter_deltas;

-- Stored events say where and when they were; what was counted and is not stored any more was where its issue is.
create temporary table told on commit drop as
select e.grouping_id, date_trunc('hour', e.occurred_at) as hour, coalesce(e.platform, '') as platform,
       coalesce(e.store, '') as store, coalesce(e.service, '') as service, coalesce(e.env, '') as env,
       sum(e.occurrences)::bigint as n, min(e.occurred_at) as first_seen, max(e.occurred_at) as last_seen,
       (array_agg(e.message order by e.occurred_at, e.id))[1] as message
from events e join groupings g on g.id = e.grouping_id
group by 1, 2, 3, 4, 5, 6;
insert into told
select c.grouping_id, c.hour, coalesce(i.platform, ''), c.store, coalesce(i.service, ''), c.env,
       c.n - coalesce(t.n, 0), c.hour, c.hour, i.message
from counters c
join groupings g on g.id = c.grouping_id join issues i on i.id = g.home_issue_id
left join (select grouping_id, hour, store, env, sum(n) as n from told group by 1, 2, 3, 4) t
     on (t.grouping_id, t.hour, t.store, t.env) = (c.grouping_id, c.hour, c.store, c.env)
where c.n > coalesce(t.n, 0);

insert into places (project_id, platform, store, service, env)
select distinct g.project_id, t.platform, t.store, t.service, t.env from told t join groupings g on g.id = t.grouping_id;
create temporary table told_at on commit drop as
select t.*, g.issue_id, p.id as place_id from told t join groupings g on g.id = t.grouping_id
join places p on (p.project_id, p.platform, p.store, p.service, p.env)
               = (g.project_id, t.platform, t.store, t.service, t.env);
insert into sightings (grouping_id, issue_id, place_id, n, first_seen, last_seen, message)
select grouping_id, issue_id, place_id, sum(n), min(first_seen), max(last_seen),
       left((array_agg(message order by first_seen))[1], 300)
from told_at group by 1, 2, 3;
insert into tallies (grouping_id, hour, place_id, n)
select grouping_id, hour, place_id, sum(n) from told_at group by 1, 2, 3;

drop table counters;
create view counters as                                -- counts by hour, store and environment
select t.grouping_id, t.hour, p.store, p.env, sum(t.n)::bigint as n
from tallies t join places p on p.id = t.place_id group by 1, 2, 3, 4;

alter table counter_deltas
    add column platform text,                          -- null: of a process of the version before
    add column service text,
    add column first_seen timestamptz,
    add column message text not null default '';       -- of the first
