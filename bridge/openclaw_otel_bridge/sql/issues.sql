-- name: lock_issue
-- one issue of a project under its row lock
select id, project_id, origin, status, version, title, platform, store, operation, category, code, message,
       exception_type, service, severity, explanation, next_step, order_id, first_seen, last_seen, event_count,
       assignee_id, team_id, due_at, regressed, resolved_at, resolved_release, reviewed_by, root_cause_kind,
       root_cause_text, fix_kind, fix_text, muted_until, muted_count, merged_into, created_by,
       case when origin = 'overflow' then (select count(*) from groupings g join folded_groupings f on f.grouping_id = g.id
                                           where g.issue_id = issues.id) end as kinds
from issues where id = %(id)s and project_id = %(project_id)s
for no key update

-- name: lock_issues
-- several issues of one project under their row locks, always in the order of their ids
select id, project_id, origin, status, version, title, platform, store, operation, category, code, message,
       exception_type, service, severity, explanation, next_step, order_id, first_seen, last_seen, event_count,
       assignee_id, team_id, due_at, regressed, resolved_at, resolved_release, reviewed_by, root_cause_kind,
       root_cause_text, fix_kind, fix_text, muted_until, muted_count, merged_into, created_by,
       case when origin = 'overflow' then (select count(*) from groupings g join folded_groupings f on f.grouping_id = g.id
                                           where g.issue_id = issues.id) end as kinds
from issues where id = any(%(ids)s) order by id
for no key update

-- name: lock_resolved
-- those of the issues that are resolved, under their row locks, always in the order of their ids
select id, project_id, origin, status, version, title, platform, store, operation, category, code, message,
       exception_type, service, severity, explanation, next_step, order_id, first_seen, last_seen, event_count,
       assignee_id, team_id, due_at, regressed, resolved_at, resolved_release, reviewed_by, root_cause_kind,
       root_cause_text, fix_kind, fix_text, muted_until, muted_count, merged_into, created_by,
       case when origin = 'overflow' then (select count(*) from groupings g join folded_groupings f on f.grouping_id = g.id
                                           where g.issue_id = issues.id) end as kinds
from issues where id = any(%(ids)s) and status = 'resolved' and merged_into is null order by id
for no key update

-- name: save_issue
-- what the workflow changes; raises the version
update issues set
    status = %(status)s, assignee_id = %(assignee_id)s, team_id = %(team_id)s, due_at = %(due_at)s,
    regressed = %(regressed)s, resolved_at = %(resolved_at)s, resolved_release = %(resolved_release)s,
    reviewed_by = %(reviewed_by)s, root_cause_kind = %(root_cause_kind)s, root_cause_text = %(root_cause_text)s,
    fix_kind = %(fix_kind)s, fix_text = %(fix_text)s, muted_until = %(muted_until)s, muted_count = %(muted_count)s,
    version = version + 1, updated_at = clock_timestamp()
where id = %(id)s
returning version

-- name: note_activity
-- one line of the activity log
insert into activity (issue_id, at, actor_id, actor, action, data)
values (%(issue_id)s, clock_timestamp(), %(actor_id)s, %(actor)s, %(action)s, %(data)s)
returning id

-- name: create_manual
-- an issue raised by hand
insert into issues (project_id, origin, title, platform, store, order_id, message, category, severity,
                    first_seen, last_seen, created_by)
values (%(project_id)s, 'manual', %(title)s, %(platform)s, %(store)s, %(order_id)s, %(note)s, 'unknown',
        %(severity)s, now(), now(), %(created_by)s)
returning id

-- name: solo_resolve
-- whether this project lets one person resolve alone
select coalesce((settings ->> 'solo_resolve')::boolean, false) from projects where id = %(project_id)s

-- name: active_kind
-- whether a root cause or fix kind can be chosen
select active from kinds where family = %(family)s and kind = %(kind)s

-- name: active_kinds
-- the kinds that can be chosen, in their order
select kind, label_en, label_zh from kinds where family = %(family)s and active order by position

-- name: person_name
-- a person who can own issues of the project
select p.name from people p join memberships m on m.person_id = p.id
where p.id = %(id)s and m.project_id = %(project_id)s and p.disabled_at is null

-- name: team_name
-- a team of the project
select name from teams where id = %(id)s and project_id = %(project_id)s

-- name: owner_names
-- names of an owner, also of one who has left
select (select name from people where id = %(assignee_id)s) as assignee,
       (select name from teams where id = %(team_id)s) as team

-- name: live_count
-- events of an issue, with those not folded yet
select i.event_count + coalesce((select sum(d.n) from counter_deltas d join groupings g on g.id = d.grouping_id
                                 where g.issue_id = i.id), 0)::bigint
from issues i where i.id = %(id)s

-- name: watch
-- start watching; whether it was new
insert into watchers (issue_id, person_id) values (%(issue_id)s, %(person_id)s) on conflict do nothing

-- name: unwatch
-- stop watching
delete from watchers where issue_id = %(issue_id)s and person_id = %(person_id)s

-- name: mutes_over
-- muted issues whose time or count has passed
select i.id, i.project_id from issues i
where i.merged_into is null and (i.muted_until <= now() or i.event_count > i.muted_count)
order by i.id limit 100
for no key update skip locked

-- name: latest_event
-- the latest stored event of an issue, as the query language sees it
select pr.slug as project, e.platform, e.store, e.env, e.service, e.order_id, e.request_id,
       encode(e.trace_id, 'hex') as trace, e.release, e.attributes
from groupings g
cross join lateral (select * from events where grouping_id = g.id order by occurred_at desc, id desc limit 1) e
join projects pr on pr.id = e.project_id
where g.issue_id = %(id)s order by e.occurred_at desc limit 1

-- name: owner_spellings
-- every spelling of an owner: id, e-mail, name; id, slug, name; lower case as the query language folds
select (select array[p.id::text, lower(p.email collate "C"), lower(p.name collate "C")] from people p
        where p.id = %(assignee_id)s) as assignee,
       (select array[t.id::text, lower(t.slug collate "C"), lower(t.name collate "C")] from teams t
        where t.id = %(team_id)s) as team
