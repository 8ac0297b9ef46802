-- name: plan_by_index
-- A few of many are looked up, always by index. Plans are made while the day's partition is empty, when reading it whole
-- looks cheapest, and would be kept until statistics come, a minute of a storm later; made anew each time, they would
-- cost more than the look-ups.
select set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false), set_config('plan_cache_mode', 'force_generic_plan', false)

-- name: known
-- which of these ids are events already, or copies of one
select e.day, e.id, e.project_id, e.day as event_day, e.id as event_id, e.sources, e.grouping_id
from unnest(%(days)s::date[], %(ids)s::uuid[], %(projects)s::int[]) as c (day, id, project_id)
join events e on e.day = c.day and e.id = c.id and e.project_id = c.project_id
union all
select k.day, k.id, k.project_id, e.day, e.id, e.sources, e.grouping_id
from unnest(%(days)s::date[], %(ids)s::uuid[], %(projects)s::int[]) as c (day, id, project_id)
join event_copies k on k.day = c.day and k.id = c.id and k.project_id = c.project_id
join events e on e.day = k.event_day and e.id = k.event_id and e.project_id = k.project_id

-- name: of_traces
-- events of these traces that a copy without a stamped id could belong to
select e.day, e.id, e.project_id, e.trace_id, e.span_id, e.parent_id, e.copy_hash, e.sources, e.grouping_id
from events e
where e.trace_id = any(%(traces)s::bytea[]) and e.copy_hash = any(%(hashes)s::bigint[]) and e.day between %(first)s and %(last)s

-- name: groupings
-- what the keys lead to; a folded one keeps to itself what it knows
select g.project_id, g.key, g.id, g.issue_id, i.status, coalesce(f.message, i.message) = '' as is_bare,
       f.grouping_id is not null as is_folded
from unnest(%(projects)s::int[], %(keys)s::text[]) as c (project_id, key)
join groupings g on g.project_id = c.project_id and g.key = c.key
join issues i on i.id = g.issue_id
left join folded_groupings f on f.grouping_id = g.id

-- name: by_fingerprint
-- where a short copy belongs whose sender knew the fingerprint
select g.project_id, g.fingerprint, g.key from unnest(%(projects)s::int[], %(marks)s::text[]) as c (project_id, mark)
join groupings g on g.project_id = c.project_id and g.fingerprint = c.mark

-- name: lock_new
-- one maker of groupings at a time; taken before any row, so that it cannot deadlock
select pg_advisory_xact_lock(7237128888997146742)

-- name: new_issue
-- an issue seen for the first time
insert into issues (project_id, platform, store, operation, category, sender_category, code, message, exception_type,
                    service, severity, owner_hint, retryable, explanation, next_step, first_seen, last_seen)
values (%(project_id)s, %(platform)s, %(store)s, %(operation)s, %(category)s, %(sender_category)s, %(code)s,
        %(message)s, %(exception_type)s, %(service)s, %(severity)s, %(owner_hint)s, %(retryable)s, %(explanation)s,
        %(next_step)s, %(first_seen)s, %(last_seen)s)
returning id

-- name: new_grouping
-- its key
insert into groupings (project_id, key, fingerprint, parts, issue_id, home_issue_id)
values (%(project_id)s, %(key)s, %(fingerprint)s, %(parts)s, %(issue_id)s, %(issue_id)s)
returning id

-- name: new_activity
-- the first line of an issue's log
insert into activity (issue_id, actor, action, data) values (%s, 'system', 'created', '{}')

-- name: describe_issue
-- an issue that a short copy raised learns what its carrier knows
update issues set message = %(message)s, code = %(code)s, category = %(category)s, severity = %(severity)s,
       operation = %(operation)s, store = %(store)s, exception_type = %(exception_type)s,
       owner_hint = %(owner_hint)s, retryable = %(retryable)s, explanation = %(explanation)s, next_step = %(next_step)s,
       sender_category = %(sender_category)s, updated_at = clock_timestamp()
where id = (select issue_id from groupings where id = %(grouping_id)s) and message = '' and origin = 'event'

-- name: add_sources
-- another copy of known events has come, in key order
update events e set sources = e.sources | c.source, parent_id = coalesce(c.parent_id, e.parent_id),
       span_id = coalesce(c.span_id, e.span_id)
from unnest(%(days)s::date[], %(ids)s::uuid[], %(projects)s::int[], %(sources)s::smallint[],
            %(parents)s::bytea[], %(spans)s::bytea[]) as c (day, id, project_id, source, parent_id, span_id)
where e.day = c.day and e.id = c.id and e.project_id = c.project_id

-- name: replace_event
-- the carrier of an event known only by a short copy
update events set grouping_id = %(grouping_id)s, occurred_at = %(occurred_at)s, sources = sources | %(sources)s,
       occurrences = %(occurrences)s, platform = %(platform)s, store = %(store)s, operation = %(operation)s,
       category = %(category)s, code = %(code)s, severity = %(severity)s, env = %(env)s, service = %(service)s,
       release = %(release)s, order_id = %(order_id)s, request_id = %(request_id)s, message = %(message)s,
       exception_type = %(exception_type)s, attributes = %(attributes)s, chunk = %(chunk)s
where day = %(day)s and id = %(id)s and project_id = %(project_id)s

-- name: lock_inbox
-- copies of one delivery, sent to two processes at once, see each other
select pg_advisory_xact_lock(7237128888997146743)

-- name: known_deliveries
-- on which day the first copy of a delivery lies, and which that is
select w.project_id, w.platform, w.store, w.dedup_key, w.day, w.id
from unnest(%(projects)s::int[], %(platforms)s::text[], %(stores)s::text[], %(keys)s::text[])
     as c (project_id, platform, store, dedup_key)
join webhook_inbox w on w.project_id = c.project_id and w.platform = c.platform and w.store = c.store
     and w.dedup_key = c.dedup_key

-- name: insert_inbox
-- deliveries, each once; another copy is counted
insert into webhook_inbox as w (day, project_id, platform, store, dedup_key, id, received_at, topic, delivery_id,
                                verified, occurred_at, data, copies)
select * from unnest(%(day)s::date[], %(project_id)s::int[], %(platform)s::text[], %(store)s::text[],
                     %(dedup_key)s::text[], %(id)s::uuid[], %(received_at)s::timestamptz[], %(topic)s::text[],
                     %(delivery_id)s::text[], %(verified)s::boolean[], %(occurred_at)s::timestamptz[],
                     %(data)s::bytea[], %(copies)s::int[])
on conflict (project_id, platform, store, dedup_key, day) do update set copies = w.copies + excluded.copies

-- name: insert_rejects
-- what was refused, for people to see
insert into rejects (project_id, protocol, reason, n, detail)
select * from unnest(%(project_id)s::int[], %(protocol)s::text[], %(reason)s::text[], %(n)s::int[], %(detail)s::text[])
