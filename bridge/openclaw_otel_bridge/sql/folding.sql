-- name: made_lately
-- how many issues events raised in each of these projects within a minute, counted no further than a limit
select p.id, (select count(*) from (select from issues i where i.project_id = p.id and i.origin = 'event'
                                    and i.created_at > now() - interval '1 minute' limit %(most)s) made)
from unnest(%(projects)s::int[]) as p (id)

-- name: open_overflow
-- the overflow issue that takes a project's next folded grouping
select id from issues where project_id = %s and origin = 'overflow' and status <> 'resolved' and merged_into is null
order by id desc limit 1

-- name: new_overflow
-- an overflow issue; its title is made of the number of groupings folded into it
insert into issues (project_id, origin, code, explanation, next_step, first_seen, last_seen)
values (%(project_id)s, 'overflow', 'flood', %(explanation)s, %(next_step)s, %(seen)s, %(seen)s)
returning id

-- name: new_folded
-- a grouping in an overflow issue, with the issue it would have raised
with made as (
    insert into groupings (project_id, key, fingerprint, parts, issue_id, home_issue_id)
    values (%(project_id)s, %(key)s, %(fingerprint)s, %(parts)s, %(issue_id)s, %(issue_id)s)
    returning id
)
insert into folded_groupings (grouping_id, platform, store, operation, category, sender_category, code, message,
                              exception_type, service, severity, owner_hint, retryable, explanation, next_step,
                              first_seen, last_seen, first_event)
select id, %(platform)s, %(store)s, %(operation)s, %(category)s, %(sender_category)s, %(code)s, %(message)s,
       %(exception_type)s, %(service)s, %(severity)s, %(owner_hint)s, %(retryable)s, %(explanation)s, %(next_step)s,
       %(first_seen)s, %(last_seen)s, %(first_event)s
from made
returning grouping_id

-- name: describe_folded
-- a grouping that a short copy made learns what its carrier knows
update folded_groupings set message = %(message)s, code = %(code)s, category = %(category)s, severity = %(severity)s,
       operation = %(operation)s, store = %(store)s, exception_type = %(exception_type)s,
       owner_hint = %(owner_hint)s, retryable = %(retryable)s, explanation = %(explanation)s, next_step = %(next_step)s,
       sender_category = %(sender_category)s, first_event = %(first_event)s
where grouping_id = %(grouping_id)s and message = ''

-- name: chosen
-- folded groupings of an issue under their row locks, in the order of their ids, and whether the actor may unfold each
select g.id, {may} as may
from folded_groupings f join groupings g on g.id = f.grouping_id
where g.issue_id = {issue} and g.project_id = {project} and {seen}
  and ({ids}::bigint[] is null and {may} or g.id = any({ids}::bigint[]))
order by g.id limit {most}
for no key update of f

-- name: left
-- how many folded groupings of an issue the actor may still unfold
select count(*) from folded_groupings f join groupings g on g.id = f.grouping_id
where g.issue_id = {issue} and g.project_id = {project} and {seen} and {may}

-- name: within
-- a grouping has an event inside a scope
exists (select from events e where e.grouping_id = g.id and {scope})

-- name: unfold
-- an issue of its own for each of these groupings, as it would have been; no fold runs meanwhile (`wait_fold`), so that
-- what the counters say is what the overflow issue holds, and deltas follow their grouping
with chosen as materialized (
    select f.*, g.project_id, g.issue_id as overflow_id, g.created_at,
           nextval(pg_get_serial_sequence('issues', 'id')) as own_id,
           coalesce((select sum(c.n) from counters c where c.grouping_id = g.id), 0)::bigint as n,
           coalesce((select sum(d.n) from counter_deltas d where d.grouping_id = g.id), 0)::bigint as waiting
    from folded_groupings f join groupings g on g.id = f.grouping_id
    where g.id = any(%(ids)s) order by g.id
), made as (
    insert into issues (id, project_id, platform, store, operation, category, sender_category, code, message,
                        exception_type, service, severity, owner_hint, retryable, explanation, next_step, first_seen,
                        last_seen, event_count, created_at)
    overriding system value
    select own_id, project_id, platform, store, operation, category, sender_category, code, message, exception_type,
           service, severity, owner_hint, retryable, explanation, next_step, first_seen, last_seen, n, created_at
    from chosen
), moved as (
    update groupings g set issue_id = c.own_id, home_issue_id = c.own_id from chosen c where g.id = c.grouping_id
), gone as (
    delete from folded_groupings f using chosen c where f.grouping_id = c.grouping_id
), taken as (
    update issues i set event_count = i.event_count - s.n, muted_count = i.muted_count - s.n - s.waiting
    from (select overflow_id, sum(n) as n, sum(waiting) as waiting from chosen group by overflow_id) s
    where i.id = s.overflow_id
), noted as (
    insert into activity (issue_id, at, actor_id, actor, action, data)
    select own_id, clock_timestamp(), %(actor_id)s, %(actor)s, 'unfolded_from', jsonb_build_object('issue', overflow_id)
    from chosen
)
select grouping_id, own_id, first_event from chosen order by own_id

-- name: retime_overflow
-- first and last seen of what is left, where all of it is folded
update issues i set first_seen = s.first_seen, last_seen = s.last_seen
from (select min(f.first_seen) as first_seen, max(f.last_seen) as last_seen
      from folded_groupings f join groupings g on g.id = f.grouping_id where g.issue_id = %(id)s) s
where i.id = %(id)s and s.first_seen is not null
  and not exists (select from groupings g where g.issue_id = i.id
                  and not exists (select from folded_groupings f where f.grouping_id = g.id))

-- name: groupings
-- one page of an issue's groupings, the most frequent first, with what made each: a folded one's own facts, else those
-- of the issue it raised
select g.id, g.key, g.fingerprint, g.parts, f.grouping_id is not null as folded, {facts}, x.message, k.event_count,
       x.first_seen, greatest(x.last_seen, (select max(d.last_seen) from counter_deltas d where d.grouping_id = g.id),
                              (select max(e.occurred_at) from events e where e.grouping_id = g.id and not x.kept)) as last_seen,
       array[k.event_count::text, k.id::text] as sort_keys
from (select k.* from (
          select g.id, (coalesce((select sum(c.n) from counters c where c.grouping_id = g.id), 0)
                        + coalesce((select sum(d.n) from counter_deltas d where d.grouping_id = g.id), 0))::bigint
                       as event_count
          from groupings g where g.issue_id = {issue}) k
      where {after} order by {order} limit {limit}) k
{known}
order by {order}

-- name: scoped_groupings
-- the same through the events of a scope alone: count, times and message are theirs
select g.id, g.key, g.fingerprint, g.parts, f.grouping_id is not null as folded, {facts},
       (select e.message from events e where e.grouping_id = g.id and {scope} order by e.occurred_at, e.id limit 1)
           as message,
       k.event_count, k.first_seen, k.last_seen, array[k.event_count::text, k.id::text] as sort_keys
from (select k.* from (
          select g.id, sum(e.occurrences)::bigint as event_count, min(e.occurred_at) as first_seen,
                 max(e.occurred_at) as last_seen
          from groupings g join events e on e.grouping_id = g.id
          where g.issue_id = {issue} and {scope} group by g.id) k
      where {after} order by {order} limit {limit}) k
{known}
order by {order}

-- name: facts
-- what is known of a grouping
x.platform, x.operation, x.category, x.code, x.exception_type, x.severity

-- name: known
-- where that stands: with the folded grouping, else with the issue the grouping raised
join groupings g on g.id = k.id
left join folded_groupings f on f.grouping_id = g.id
cross join lateral (
    select f.platform, f.operation, f.category, f.code, f.message, f.exception_type, f.severity, f.first_seen,
           f.last_seen, true as kept where f.grouping_id is not null
    union all
    select h.platform, h.operation, h.category, h.code, h.message, h.exception_type, h.severity, h.first_seen,
           h.last_seen, false from issues h where h.id = g.home_issue_id and f.grouping_id is null) x

-- name: is_empty
-- nothing leads to the issue any more
select not exists (select from groupings where issue_id = %s)
