-- name: listeners
-- channels that take deliveries: those that are on, and broken ones, where they wait; all, or only some
select id, filter from channels
where project_id = %(project_id)s and (enabled or disabled_reason <> '')
  and (cardinality(%(only)s::bigint[]) = 0 or id = any(%(only)s::bigint[]))
order by id

-- name: channels
-- the channels of a project
select id, project_id, name, kind, url, secret, locale, filter, enabled, disabled_reason, created_at
from channels where project_id = %(project_id)s order by lower(name), id

-- name: channel
-- one channel of a project, under its row lock
select id, project_id, name, kind, url, secret, locale, filter, enabled, disabled_reason, created_at
from channels where id = %(id)s and project_id = %(project_id)s for no key update

-- name: taken
-- another channel of that name
select id from channels where project_id = %(project_id)s and name = %(name)s and id <> %(id)s

-- name: create_channel
-- a new channel
insert into channels (project_id, name, kind, url, secret, locale, filter, enabled)
values (%(project_id)s, %(name)s, %(kind)s, %(url)s, %(secret)s, %(locale)s, %(filter)s, %(enabled)s)
returning id

-- name: update_channel
-- what a person may change of a channel
update channels set name = %(name)s, kind = %(kind)s, url = %(url)s, secret = %(secret)s, locale = %(locale)s,
       filter = %(filter)s, enabled = %(enabled)s, disabled_reason = %(disabled_reason)s
where id = %(id)s

-- name: mend
-- a person says it works again
update channels set enabled = true, disabled_reason = '' where id = %(id)s

-- name: revive
-- what died of the channel's fault is tried again now that it is mended
update deliveries set status = 'queued', next_attempt_at = now(), claimed_until = null
where channel_id = %(id)s and status = 'dead' and last_error = %(reason)s
  and created_at > now() - interval '7 days'

-- name: forget_in_rules
-- rules no longer name the channel
update rules set channel_ids = array_remove(channel_ids, %(id)s::bigint)
where project_id = %(project_id)s and %(id)s = any(channel_ids)

-- name: delete_deliveries
-- the channel's history
delete from deliveries where channel_id = %(id)s

-- name: delete_channel
-- the channel itself
delete from channels where id = %(id)s and project_id = %(project_id)s
