-- name: enqueue
-- queue deliveries; a key that was ever used is not queued again
insert into deliveries (project_id, channel_id, issue_id, kind, data, dedup_key)
select * from unnest(%(project_ids)s::int[], %(channel_ids)s::bigint[], %(issue_ids)s::bigint[], %(kinds)s::text[],
                     %(data)s::jsonb[], %(keys)s::text[])
on conflict (dedup_key) do nothing

-- name: heard_before
-- channels that were told of an issue
select distinct channel_id from deliveries where issue_id = %(issue_id)s

-- name: busy_channels
-- channels with something due and nothing under way, the longest waiting first
select d.channel_id from deliveries d join channels c on c.id = d.channel_id
where d.status in ('queued', 'failed') and d.next_attempt_at <= now() and c.enabled
group by d.channel_id
having not bool_or(coalesce(d.claimed_until > now(), false))
order by min(d.next_attempt_at) limit 50

-- name: lock_channel
-- one worker at a time decides for a channel; the class number is ours alone
select pg_try_advisory_xact_lock(7345, %(channel_id)s::int)

-- name: under_way
-- whether some worker is sending to the channel now
select exists (select from deliveries where channel_id = %(channel_id)s and claimed_until > now())

-- name: messages_of_last_minute
-- messages a channel got in the last 60 seconds, and when the oldest of them was sent; those of one summary are one
select count(distinct a.at), min(a.at) from delivery_attempts a join deliveries d on d.id = a.delivery_id
where d.channel_id = %(channel_id)s and a.at > now() - interval '60 seconds'

-- name: claim
-- take what is due for a channel, in order, until the lease ends
update deliveries set claimed_until = now() + make_interval(secs => %(lease)s)
where id in (select id from deliveries
             where channel_id = %(channel_id)s and status in ('queued', 'failed') and next_attempt_at <= now()
               and (claimed_until is null or claimed_until <= now())
             order by id limit %(most)s for update skip locked)
returning id, project_id, channel_id, issue_id, kind, data, attempts

-- name: channel_to_send
-- where a channel's messages go
select id, kind, name, url, secret, locale from channels where id = %(channel_id)s and enabled

-- name: postpone
-- not now: the channel's minute is full; no attempt is counted
update deliveries set next_attempt_at = %(at)s, claimed_until = null where id = any(%(ids)s)

-- name: release
-- give back what was claimed and not tried
update deliveries set claimed_until = null where id = any(%(ids)s)

-- name: note_attempts
-- one attempt of each delivery; those that went in one message share its time
insert into delivery_attempts (delivery_id, n, at, duration_ms, http_status, outcome, answer)
select id, attempts + 1, %(at)s, %(duration_ms)s, %(http_status)s, %(outcome)s, %(answer)s
from deliveries where id = any(%(ids)s)

-- name: mark_sent
-- delivered
update deliveries set status = 'sent', attempts = attempts + 1, sent_at = now(), claimed_until = null, last_error = ''
where id = any(%(ids)s)

-- name: mark_failed
-- not delivered; tried again at next_attempt_at, or never when dead
update deliveries set status = %(status)s, attempts = attempts + 1, claimed_until = null, last_error = %(error)s,
       next_attempt_at = %(at)s
where id = any(%(ids)s)

-- name: break_channel
-- the channel takes nothing until somebody mends it; what is queued waits
update channels set enabled = false, disabled_reason = %(reason)s where id = %(channel_id)s

-- name: delivery
-- one delivery of a project, for a resend
select d.id, d.channel_id, d.status, c.enabled, c.disabled_reason
from deliveries d join channels c on c.id = d.channel_id
where d.id = %(id)s and d.project_id = %(project_id)s for update of d

-- name: resend
-- try again now, with a fresh count of tries
update deliveries set status = 'queued', next_attempt_at = now(), claimed_until = null, last_error = '',
       dedup_key = dedup_key
where id = %(id)s

-- name: mend_channel
-- a person says it works again
update channels set enabled = true, disabled_reason = '' where id = %(channel_id)s

-- name: attempts_of
-- every attempt of one delivery
select n, at, duration_ms, http_status, outcome, answer from delivery_attempts
where delivery_id = %(id)s order by n
