-- name: keep_hook
-- a webhook as it came; a repeat changes nothing
insert into sentry_hooks (integration, request_id, received_at, facts)
values (%(integration)s, %(request_id)s, %(received_at)s, %(facts)s)
on conflict (integration, request_id) do nothing

-- name: next_hook
-- the oldest webhook that is due, under its row lock
select integration, request_id, facts, attempts from sentry_hooks
where done_at is null and next_attempt_at <= now() order by received_at, request_id limit 1
for update skip locked

-- name: hook_done
-- worked off: nothing of it is kept but its id
update sentry_hooks set done_at = now(), facts = '{}', last_error = %(error)s
where integration = %(integration)s and request_id = %(request_id)s

-- name: hook_failed
-- to be tried again
update sentry_hooks set attempts = attempts + 1, last_error = %(error)s,
    next_attempt_at = now() + make_interval(secs => %(seconds)s)
where integration = %(integration)s and request_id = %(request_id)s

-- name: expire_hooks
-- ids of webhooks nobody sends again
delete from sentry_hooks where done_at < now() - interval '14 days'

-- name: link
-- the issue of ours behind an issue of Sentry, following a merge, under the link's row lock
select l.integration, l.sentry_id, coalesce(i.merged_into, i.id) as issue_id, l.sentry_status, l.sentry_assignee,
       l.our_status, l.our_assignee, l.heard_at
from sentry_links l join issues i on i.id = l.issue_id
where l.integration = %(integration)s and l.sentry_id = %(sentry_id)s
for update of l

-- name: add_link
-- an issue of Sentry is one of ours
insert into sentry_links (integration, sentry_id, issue_id, short_id, url, our_status, our_assignee, synced_version)
select %(integration)s, %(sentry_id)s, id, %(short_id)s, %(url)s, %(our_status)s, %(our_assignee)s, version
from issues where id = %(issue_id)s
on conflict (integration, sentry_id) do nothing

-- name: heard
-- what Sentry said, and how our issue stands after it: none of it is to be told back
update sentry_links set sentry_status = %(sentry_status)s, sentry_assignee = %(sentry_assignee)s,
    our_status = %(our_status)s, our_assignee = %(our_assignee)s, synced_version = %(version)s,
    heard_at = coalesce(%(at)s, heard_at)
where integration = %(integration)s and sentry_id = %(sentry_id)s

-- name: claim_told
-- a link whose issue has changed since; others leave it alone for a minute
update sentry_links l set next_attempt_at = now() + interval '60 seconds'
from (select k.integration, k.sentry_id, i.id, i.project_id, i.version
      from sentry_links k join issues j on j.id = k.issue_id join issues i on i.id = coalesce(j.merged_into, j.id)
      where i.version <> k.synced_version and k.next_attempt_at <= now() and k.integration = any(%(integrations)s)
      order by k.next_attempt_at limit 1 for update of k skip locked) due
where l.integration = due.integration and l.sentry_id = due.sentry_id
returning l.integration, l.sentry_id, due.id as issue_id, due.project_id, l.sentry_status, l.sentry_assignee,
          l.our_status, l.our_assignee, due.version, l.attempts

-- name: standing
-- how an issue stands, as far as Sentry can know it
select i.status, (i.muted_until is not null or i.muted_count is not null) as muted, coalesce(p.email, '') as email, i.version
from issues i left join people p on p.id = i.assignee_id where i.id = %(issue_id)s

-- name: told
-- Sentry knows it, or never will
update sentry_links set our_status = %(our_status)s, our_assignee = %(our_assignee)s, synced_version = %(version)s,
    sentry_status = %(sentry_status)s, sentry_assignee = %(sentry_assignee)s,
    attempts = 0, next_attempt_at = now(), last_error = %(error)s
where integration = %(integration)s and sentry_id = %(sentry_id)s

-- name: told_later
-- Sentry could not be told now
update sentry_links set attempts = attempts + 1, last_error = %(error)s,
    next_attempt_at = now() + make_interval(secs => %(seconds)s)
where integration = %(integration)s and sentry_id = %(sentry_id)s

-- name: issue_of_event
-- the issue of an event by its id, or the id of a copy of it
select coalesce(i.merged_into, i.id) from events e
join groupings g on g.id = e.grouping_id join issues i on i.id = g.issue_id
where e.project_id = %(project_id)s and (e.id = any(%(ids)s) or (e.day, e.id) in (
    select event_day, event_id from event_copies where project_id = %(project_id)s and id = any(%(ids)s)))
limit 1

-- name: issue_of_grouping
-- the issue a grouping key leads to
select coalesce(i.merged_into, i.id) from groupings g join issues i on i.id = g.issue_id
where g.project_id = %(project_id)s and g.key = any(%(keys)s) limit 1

-- name: person_by_email
-- an active member with this e-mail
select p.id from people p join memberships m on m.person_id = p.id
where m.project_id = %(project_id)s and lower(p.email) = lower(%(email)s) and p.disabled_at is null

-- name: project_id
-- the id of a project
select id from projects where slug = %(slug)s
