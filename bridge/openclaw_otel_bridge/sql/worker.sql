-- name: lock_fold
-- one folder at a time
select pg_try_advisory_xact_lock(7345000000000000001)

-- name: wait_fold
-- no fold runs while the transaction that asked lasts; taken before any other lock
select pg_advisory_xact_lock(7345000000000000001)

-- name: fold
-- counts appended by intake → sightings, tallies, issues, totals; all in one statement, so that no reader sees them
-- twice or not. A delta of the version before does not say platform and service: those of its issue.
with taken as (
    delete from counter_deltas where id in (select id from counter_deltas order by id limit %(most)s for update skip locked)
    returning *
), known as (
    select g.issue_id, g.project_id, t.grouping_id, t.hour, coalesce(t.platform, i.platform, '') as platform, t.store,
           coalesce(t.service, i.service, '') as service, t.env, t.n, coalesce(t.first_seen, t.last_seen) as first_seen,
           t.last_seen, t.message
    from taken t join groupings g on g.id = t.grouping_id join issues i on i.id = g.home_issue_id
), named as (
    select distinct project_id, platform, store, service, env from known
), made as (
    insert into places (project_id, platform, store, service, env)
    select project_id, platform, store, service, env from named m
    where not exists (select from places p where (p.project_id, p.store, p.service, p.env, p.platform)
                                               = (m.project_id, m.store, m.service, m.env, m.platform))
    returning id, project_id, platform, store, service, env
), placed as (
    select k.*, p.id as place_id
    from known k
    join (select p.* from named join places p using (project_id, platform, store, service, env)
          union all select * from made) p using (project_id, platform, store, service, env)
), tallied as (
    insert into tallies as c (grouping_id, hour, place_id, n)
    select grouping_id, hour, place_id, sum(n) from placed group by 1, 2, 3 order by 1, 2, 3
    on conflict (grouping_id, hour, place_id) do update set n = c.n + excluded.n
), sighted as (
    insert into sightings as s (grouping_id, issue_id, place_id, n, first_seen, last_seen, message)
    select grouping_id, issue_id, place_id, sum(n), min(first_seen), max(last_seen),
           (array_agg(message order by first_seen))[1]
    from placed group by 1, 2, 3 order by 1, 3
    on conflict (grouping_id, place_id) do update
    set n = s.n + excluded.n, last_seen = greatest(s.last_seen, excluded.last_seen),
        message = case when excluded.first_seen < s.first_seen then excluded.message else s.message end,
        first_seen = least(s.first_seen, excluded.first_seen)
), sums as (
    select issue_id, sum(n) as n, max(last_seen) as last_seen from known group by issue_id
), kept as (
    update folded_groupings f set last_seen = greatest(f.last_seen, s.last_seen)
    from (select grouping_id, max(last_seen) as last_seen from known group by grouping_id) s
    where f.grouping_id = s.grouping_id returning f.grouping_id
), locked as materialized ( -- folded groupings before issues, as intake does
    select id from issues where id in (select issue_id from sums) and (select count(*) from kept) >= 0
    order by id for no key update
), moved as (
    update issues i set event_count = i.event_count + s.n, last_seen = greatest(i.last_seen, s.last_seen)
    from sums s join locked l on l.id = s.issue_id where i.id = s.issue_id
), summed as (
    update totals set n = n + (select coalesce(sum(n), 0) from taken) where name = 'events'
)
select count(*) from taken

-- name: heartbeat
-- the worker is alive: Unix seconds
insert into totals (name, n) values ('worker_heartbeat', extract(epoch from clock_timestamp())::bigint)
on conflict (name) do update set n = excluded.n

-- name: heartbeat_age
-- seconds since a worker was last seen; null when none ever was
select extract(epoch from clock_timestamp())::bigint - n from totals where name = 'worker_heartbeat'

-- name: expire_activity
-- activity whose time is over; only the oldest bite is looked at, so that nothing to do costs nothing
delete from activity where id in (select id from (select id, at from activity order by id limit %(most)s) oldest
                                  where at < now() - make_interval(days => %(days)s))

-- name: expire_audit
-- audit whose time is over, the same way
delete from audit_log where id in (select id from (select id, at from audit_log order by id limit %(most)s) oldest
                                   where at < now() - make_interval(days => %(days)s))

-- name: expire_deliveries
-- deliveries that are done and whose time is over, the same way; their attempts go with them
delete from deliveries where id in (
    select id from (select id, created_at from deliveries where status in ('sent', 'dead') order by id limit %(most)s) oldest
    where created_at < now() - make_interval(days => %(days)s))

-- name: fold_rejects
-- refusals of hours that are over: equal ones of an hour become the last one's row
with taken as (
    select id, project_id, protocol, reason, at, n, detail from rejects
    where first_at is null and at < date_trunc('hour', now()) order by id limit %(most)s for update skip locked
), sums as (
    select max(id) as id, sum(n)::int as n, min(at) as first_at, max(at) as at, max(detail) as detail
    from taken group by project_id, protocol, reason, date_trunc('hour', at)
), gone as (
    delete from rejects where id in (select id from taken except select id from sums)
), kept as (
    update rejects r set n = s.n, first_at = s.first_at, at = s.at, detail = s.detail from sums s where r.id = s.id
)
select count(*) from taken

-- name: expire_rejects
-- refusals whose time is over, by the index of their times
delete from rejects where id in (select id from rejects where at < now() - make_interval(days => %(days)s)
                                 order by at limit %(most)s)
