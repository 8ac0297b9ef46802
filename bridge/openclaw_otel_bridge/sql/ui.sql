-- name: failures
-- failed logins of the last quarter of an hour: of this e-mail from this address, of the address, of the e-mail
select count(*) filter (where object = %(email)s and data ->> 'ip' = %(ip)s) as both,
       count(*) filter (where data ->> 'ip' = %(ip)s) as address,
       count(*) filter (where object = %(email)s) as email
from audit_log where action = 'login.failed' and at > now() - interval '15 minutes'
  and (object = %(email)s or data ->> 'ip' = %(ip)s)

-- name: note_login
-- one attempt: login.ok or login.failed
insert into audit_log (person_id, action, object, data) values (%(person)s, %(action)s, %(email)s, %(data)s)

-- name: set_locale
-- the language a person chose
update people set locale = %(locale)s where id = %(id)s

-- name: keys
-- the project's keys, without the keys themselves
select kind, label, created_at from project_keys where project_id = %(project)s and revoked_at is null order by id

-- name: tries
-- every attempt of several deliveries
select delivery_id, n, at, duration_ms, http_status, outcome, answer from delivery_attempts
where delivery_id = any(%(ids)s) order by delivery_id, n
