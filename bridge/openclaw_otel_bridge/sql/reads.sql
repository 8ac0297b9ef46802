-- name: all_issues
-- every issue of the project that was not merged away, counts exact with what the worker has not folded yet;
-- seen_order is what an index can sort by: last_seen as last folded
(select i.id, i.project_id, i.origin, i.status, i.version, i.title, i.platform, i.store, i.operation, i.category,
        i.sender_category, i.code, i.message, i.exception_type, i.service, i.severity, i.owner_hint, i.retryable,
        i.explanation, i.next_step, i.order_id, i.first_seen, greatest(i.last_seen, d.last_seen) as last_seen,
        i.last_seen as seen_order, i.event_count + coalesce(d.n, 0) as event_count, i.assignee_id, i.team_id, i.due_at,
        i.regressed, i.resolved_at, i.resolved_release, i.reviewed_by, i.root_cause_kind, i.root_cause_text, i.fix_kind,
        i.fix_text, i.muted_until, i.muted_count, i.created_by, i.created_at, i.updated_at,
        case when i.origin = 'overflow' then (select count(*) from groupings g join folded_groupings f
                                              on f.grouping_id = g.id where g.issue_id = i.id) end as kinds
 from issues i
 left join (select g.issue_id, sum(d.n)::bigint as n, max(d.last_seen) as last_seen
            from counter_deltas d join groupings g on g.id = d.grouping_id
            group by g.issue_id) d on d.issue_id = i.id
 where i.project_id = {project} and i.merged_into is null) i

-- name: scoped_issues
-- the same through the sightings of a scope alone: count, times and message are theirs; an issue without one is not
-- there. What a statement does not ask for is not computed.
(select i.id, i.project_id, i.origin, i.status, i.version, i.title, i.platform, i.store, i.operation, i.category,
        i.sender_category, i.code, coalesce(d.message, case when i.origin = 'manual' then i.message else '' end) as message,
        i.exception_type, i.service, i.severity, i.owner_hint, i.retryable, i.explanation, i.next_step, i.order_id,
        d.first_seen, d.last_seen, d.last_seen as seen_order, d.n as event_count,
        i.assignee_id, i.team_id, i.due_at, i.regressed, i.resolved_at, i.resolved_release, i.reviewed_by,
        i.root_cause_kind, i.root_cause_text, i.fix_kind, i.fix_text, i.muted_until, i.muted_count, i.created_by,
        i.created_at, i.updated_at,
        case when i.origin = 'overflow' then (
            select count(*) from groupings g join folded_groupings f on f.grouping_id = g.id
            where g.issue_id = i.id
              and exists (select from {spots} e where e.grouping_id = g.id and e.n > 0 and {scope})) end as kinds
 from issues i {figures}
 where i.project_id = {project} and i.merged_into is null and ({seen})) i

-- name: figures_of_all
-- what the scope sees of every issue: one pass, for lists. It holds what is seen and nothing else, and in the order of the
-- page where figures decide that: issues are looked up one after another until the page is full.
join (select s.issue_id, coalesce(sum(s.n), 0)::bigint as n, coalesce(min(s.first_seen), min(s.raised_at)) as first_seen,
             coalesce(max(s.last_seen), min(s.raised_at)) as last_seen,
             (array_agg(s.message order by s.first_seen))[1] as message
      from (select s.issue_id, s.n, s.first_seen, s.last_seen, s.message, null::timestamptz as raised_at from {sightings} s
            union all
            select i.id, null, null, null, null, i.created_at from issues i
            where i.project_id = {project} and {raised}) s
      group by s.issue_id {order}) d on d.issue_id = i.id

-- name: figures_of_each
-- the same issue by issue, for few of them
left join lateral (
    select count(*) > 0 as seen, coalesce(sum(s.n), 0)::bigint as n,
           coalesce(min(s.first_seen), i.created_at) as first_seen, coalesce(max(s.last_seen), i.created_at) as last_seen,
           (array_agg(s.message order by s.first_seen))[1] as message
    from {sightings} s) d on true

-- name: seen_or_raised
-- an issue is seen by a sighting, or by the fields it was raised with
{seen} or {raised}

-- name: list_issues
-- one page of issues, with the texts of their sort keys; the page is found by ids first, so that little is sorted
select i.*, p.name as assignee_name, t.name as team_name, array[{keys}] as sort_keys
from (select i.id from {visible} where ({conditions}) and {after} order by {order} limit {limit}) page
cross join lateral (select * from {each} where i.id = page.id) i
left join people p on p.id = i.assignee_id left join teams t on t.id = i.team_id
order by {order}

-- name: candidates
-- issues that may match, in their order, each with those of its groupings that have to be looked at; settled ones match
with {led}, page as materialized (
    select i.id, array[{keys}] as sort_keys, row_number() over (order by {order}) as n
    from {visible} where ({issue}) and ({meant}) and {after} order by {order} limit {limit}
), told as (
    select page.*, ({settled}) is true as settled from page join issues i on i.id = page.id
)
select told.id, told.settled, told.sort_keys, coalesce(l.ids, '{{}}') as groupings
from told left join (
    select l.issue_id, (array_agg(l.id order by l.id))[1:{most}] as ids
    from led l join told on told.id = l.issue_id where not told.settled group by l.issue_id) l on l.issue_id = told.id
order by told.n

-- name: led_by_some
-- the groupings that may hold what is searched for
led as materialized (select g.id, g.issue_id from groupings g where g.project_id = {project} and ({grouping}))

-- name: led_by_all
-- any grouping may
led as not materialized (select g.id, g.issue_id from groupings g)

-- name: meant
-- an issue has one of them, or needs none; one set, so that few lead to their issues and not all of these are read
i.id in (select l.issue_id from led l
         union all select i.id from issues i where i.project_id = {project} and {settled})

-- name: looked_at
-- whether one of the latest events of a grouping meets all conditions, and how many were looked at: day by day where it
-- is known which days it has events of, else by all partitions at once
select u.id, v.met, v.looked
from (select u.id, (select d.days from read_groupings d where d.grouping_id = u.id
                    and not exists (select from attribute_unread n where n.grouping_id = u.id)
                    and not exists (select from counter_deltas c where c.grouping_id = u.id)) as days
      from unnest({groupings}::bigint[]) u (id) offset 0) u
cross join lateral (
    select coalesce(bool_or(x.met), false) as met, count(*) as looked
    from (select x.met from unnest(u.days) d (day) cross join lateral (
              select ({event}) is true as met from events e where e.grouping_id = u.id and e.day = d.day
              order by e.occurred_at desc, e.id desc limit {depth}) x
          union all
          (select ({event}) is true from events e where e.grouping_id = u.id and u.days is null
           order by e.occurred_at desc, e.id desc limit {depth})
          limit {depth}) x) v

-- name: severity_rank
-- severities in their order
array_position(array['info', 'warn', 'error', 'critical'], i.severity)

-- name: count_issues
-- how many issues match, counted no further than a limit
select count(*) from (select from {visible} where {conditions} limit {limit}) counted

-- name: count_each
-- the same of several conditions at once
{seen} select {counts}

-- name: seen
-- which issues a scope sees, found once for all counts
with seen as materialized (select distinct s.issue_id from {sightings} s)

-- name: among_seen
-- an issue is one of those
i.id in (select s.issue_id from seen s)

-- name: get_issue
-- one issue, if it can be seen
select i.*, p.name as assignee_name, t.name as team_name, '{{}}'::text[] as sort_keys
from {visible} left join people p on p.id = i.assignee_id left join teams t on t.id = i.team_id
where i.id = {id}

-- name: get_issues
-- several issues, those that can be seen
select i.*, p.name as assignee_name, t.name as team_name, '{{}}'::text[] as sort_keys
from {visible} left join people p on p.id = i.assignee_id left join teams t on t.id = i.team_id
where i.id = any({ids})

-- name: merged_into
-- where a merged issue went
select merged_into from issues where id = %(id)s and project_id = %(project)s

-- name: groupings
-- what leads to an issue, and which parts made each key
select g.id, g.key, g.fingerprint, g.parts, g.home_issue_id, g.created_at
from groupings g where g.issue_id = {id}
  and ({everything} or exists (select from {spots} e where e.grouping_id = g.id and e.n > 0 and {scope}))
order by g.id limit 200

-- name: places
-- the stores and environments of an issue, the most affected first
select nullif(c.store, '') as store, nullif(c.env, '') as env, sum(c.n)::bigint as n
from (select p.store, p.env, s.n from sightings s join places p on p.id = s.place_id where s.issue_id = {id}
      union all
      select d.store, d.env, d.n from groupings g join counter_deltas d on d.grouping_id = g.id where g.issue_id = {id}) c
group by 1, 2 order by n desc, 1, 2 limit 100

-- name: scoped_places
-- the same for a scope
select e.store, e.env, sum(e.n)::bigint as n
from groupings g join {spots} e on e.grouping_id = g.id
where g.issue_id = {id} and e.n > 0 and {scope}
group by 1, 2 order by n desc, 1, 2 limit 100

-- name: spots
-- sightings with the fields scopes speak of, folded and not folded yet
(select s.grouping_id, s.n, p.project_id, nullif(p.platform, '') as platform, nullif(p.store, '') as store,
        nullif(p.service, '') as service, nullif(p.env, '') as env
 from sightings s join places p on p.id = s.place_id
 union all
 select c.grouping_id, c.n, g.project_id, nullif(c.platform, ''), nullif(c.store, ''), nullif(c.service, ''),
        nullif(c.env, '')
 from counter_deltas c join groupings g on g.id = c.grouping_id)

-- name: watchers
-- who watches an issue
select p.id, p.name from watchers w join people p on p.id = w.person_id where w.issue_id = %(id)s order by p.name, p.id

-- name: hourly
-- counts per hour of several issues
select c.issue_id, c.hour, sum(c.n)::bigint as n from (
    select g.issue_id, x.hour, x.n from groupings g join tallies x on x.grouping_id = g.id
    where g.issue_id = any({ids}) and x.hour >= {since}
    union all
    select g.issue_id, x.hour, x.n from groupings g join counter_deltas x on x.grouping_id = g.id
    where g.issue_id = any({ids}) and x.hour >= {since}
) c group by 1, 2

-- name: scoped_hourly
-- the same for a scope
select c.issue_id, c.hour, sum(c.n)::bigint as n from (
    select g.issue_id, x.hour, x.n from groupings g join tallies x on x.grouping_id = g.id
    where g.issue_id = any({ids}) and x.hour >= {since} and x.place_id in {places}
    union all
    select g.issue_id, e.hour, e.n from groupings g
    join (select d.hour, d.n, d.grouping_id, nullif(d.platform, '') as platform, nullif(d.store, '') as store,
                 nullif(d.service, '') as service, nullif(d.env, '') as env, h.project_id
          from counter_deltas d join groupings h on h.id = d.grouping_id) e on e.grouping_id = g.id
    where g.issue_id = any({ids}) and e.hour >= {since} and {scope}
) c group by 1, 2

-- name: issue_events
-- one page of an issue's events, the latest first; as many of each grouping, in the order of its index
select {event_columns}, g.issue_id
from groupings g
cross join lateral (select e.* from events e where e.grouping_id = g.id and {scope} and {after}
                    order by e.occurred_at desc, e.id desc limit {limit}) e
where g.issue_id = {id}
order by e.occurred_at desc, e.id desc limit {limit}

-- name: attached_events
-- events that speak of the order of an issue raised by hand: those of the week before it and all later ones
select {event_columns}, g.issue_id
from events e join groupings g on g.id = e.grouping_id
where e.project_id = {project} and e.order_id = {order} and ({store}::text is null or e.store = {store}::text)
  and e.occurred_at >= {since} and {scope} and {after}
order by e.occurred_at desc, e.id desc limit {limit}

-- name: event_columns
-- what a row of an event is read as
e.id, e.day, e.occurred_at, e.received_at, e.sources, e.occurrences, e.platform, e.store, e.operation, e.category,
e.code, e.severity, e.env, e.service, e.release, e.order_id, e.request_id, encode(e.trace_id, 'hex') as trace_id,
encode(e.span_id, 'hex') as span_id, e.message, e.exception_type, e.attributes, e.chunk

-- name: event_of_day
-- one event whose day is known from its id
select {event_columns}, g.issue_id
from events e join groupings g on g.id = e.grouping_id
where e.id = {id} and e.day = any({days}) and e.project_id = {project} and {scope}

-- name: event_of_any_day
-- one event whose id does not tell its day
select {event_columns}, g.issue_id
from events e join groupings g on g.id = e.grouping_id
where e.id = {id} and e.project_id = {project} and {scope} limit 1

-- name: copy_of
-- the event that a copy with this id fell together with
select event_id from event_copies where id = %(id)s limit 1

-- name: neighbours
-- the events before and after one of an issue, in time
select (select n.id from groupings g
        cross join lateral (select e.occurred_at, e.id from events e
                            where e.grouping_id = g.id and {scope} and (e.occurred_at, e.id) > ({at}, {id})
                            order by e.occurred_at, e.id limit 1) n
        where g.issue_id = {issue} order by n.occurred_at, n.id limit 1) as later,
       (select n.id from groupings g
        cross join lateral (select e.occurred_at, e.id from events e
                            where e.grouping_id = g.id and {scope} and (e.occurred_at, e.id) < ({at}, {id})
                            order by e.occurred_at desc, e.id desc limit 1) n
        where g.issue_id = {issue} order by n.occurred_at desc, n.id desc limit 1) as earlier

-- name: activity
-- one page of an issue's log, the latest first
select a.id, a.at, a.actor_id, p.name as actor_name, a.actor, a.action, a.data
from activity a left join people p on p.id = a.actor_id
where a.issue_id = %(id)s and (%(before)s::bigint is null or a.id < %(before)s)
order by a.id desc limit %(limit)s

-- name: known_events
-- events whose order, request or trace id is a text, the latest first
select {event_columns}, g.issue_id
from events e join groupings g on g.id = e.grouping_id
where e.project_id = {project} and (e.order_id = {text} or e.request_id = {text} or e.trace_id = {trace}) and {scope}
order by e.occurred_at desc, e.id desc limit {limit}

-- name: stats
-- committed totals: folded sums and what is not folded yet
select ((select n from totals where name = 'events')
        + (select coalesce(sum(n), 0) from counter_deltas))::bigint as events,
       (select count(*) from issues where merged_into is null) as issues,
       d.queued, d.sent, d.failed, d.dead
from (select count(*) filter (where status = 'queued') as queued, count(*) filter (where status = 'sent') as sent,
             count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'dead') as dead
      from deliveries) d

-- name: people
-- members of a project
select p.id, p.name, p.email, m.role, p.locale, p.timezone, m.view_scope, m.act_scope,
       array(select t.id from team_members tm join teams t on t.id = tm.team_id
             where tm.person_id = p.id and t.project_id = m.project_id order by t.id) as teams,
       p.disabled_at is not null as disabled, p.created_at
from people p join memberships m on m.person_id = p.id
where m.project_id = %(project)s and p.id > %(after)s
order by p.id limit %(limit)s

-- name: teams
-- teams of a project with their members
select t.id, t.slug, t.name,
       array(select tm.person_id from team_members tm where tm.team_id = t.id order by 1) as members
from teams t where t.project_id = %(project)s and t.id > %(after)s
order by t.id limit %(limit)s

-- name: deliveries
-- deliveries of a project, the latest first; open places are null
select d.id, d.channel_id, c.name as channel_name, c.kind as channel_kind, d.issue_id, d.kind, d.data, d.status,
       d.attempts, d.next_attempt_at, d.last_error, d.created_at, d.sent_at
from deliveries d join channels c on c.id = d.channel_id
where d.project_id = {project} and ({status}::text is null or d.status = {status}::text)
  and ({channel}::bigint is null or d.channel_id = {channel}::bigint) and ({issue}::bigint is null or d.issue_id = {issue}::bigint)
  and ({id}::bigint is null or d.id = {id}::bigint) and {seen} and {after}
order by d.id desc limit {limit}

-- name: about_visible_issue
-- a delivery is about no issue, or about one that can be seen
(d.issue_id is null or exists (select from {visible} where i.id = d.issue_id))

-- name: attempts
-- every try of a delivery
select n, at, duration_ms, http_status, outcome, answer from delivery_attempts where delivery_id = %(id)s order by n

-- name: articles
-- articles of a project, the latest first; open places are null
select a.id, a.project_id, a.issue_id, a.title, a.platform, a.operation, a.category, a.code, a.root_cause_kind,
       a.root_cause_text, a.fix_kind, a.fix_text, a.grouping_keys, a.author_id, p.name as author, a.created_at,
       a.updated_at
from articles a left join people p on p.id = a.author_id
where a.project_id = {project} and ({id}::bigint is null or a.id = {id}::bigint)
  and ({asked}::tsquery is null or a.words @@ {asked}::tsquery) and {seen} and {after}
order by a.id desc limit {limit}

-- name: of_visible_issue
-- an article is of an issue that can be seen
exists (select from {visible} where i.id = a.issue_id)

-- name: kinds
-- kinds of root causes and fixes
select family, kind, label_en, label_zh, active from kinds order by family desc, position, kind

-- name: audit_log
-- who changed which setting, the latest first
select a.id, a.at, a.person_id, p.name as person_name, a.action, a.object, a.data
from audit_log a left join people p on p.id = a.person_id
where (%(before)s::bigint is null or a.id < %(before)s)
order by a.id desc limit %(limit)s

-- name: last_reject
-- where a list of refusals begins, so that its pages agree
select coalesce(max(id), 0) from rejects

-- name: rejects
-- refusals of a project, and of senders nobody knows, equal reasons as one; open places are null
select r.project_id, p.name as project_name, r.protocol, r.reason, sum(r.n)::bigint as n,
       min(coalesce(r.first_at, r.at)) as first_at, max(r.at) as last_at, max(r.id) as last_id,
       coalesce((array_agg(r.detail order by r.id desc) filter (where r.detail <> ''))[1], '') as detail
from rejects r left join projects p on p.id = r.project_id
where (r.project_id = %(project)s or r.project_id is null) and r.id <= %(as_of)s
  and (%(since)s::timestamptz is null or r.at >= %(since)s) and (%(until)s::timestamptz is null or r.at < %(until)s)
  and (%(protocol)s::text is null or r.protocol = %(protocol)s)
group by r.project_id, p.name, r.protocol, r.reason
having %(before)s::bigint is null or max(r.id) < %(before)s
order by max(r.id) desc limit %(limit)s

-- name: rejects_of_day
-- how many were refused in the last 24 hours
select coalesce(sum(n), 0)::bigint from rejects
where (project_id = %(project)s or project_id is null) and at >= now() - interval '24 hours'
