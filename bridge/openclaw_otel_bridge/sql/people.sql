-- name: actor_by_email
-- who logs in, with the password hash to check; the first project unless one is named
select p.id, p.name, p.email, p.locale, p.timezone, p.session_epoch, p.must_change, p.password_hash,
       m.project_id, m.role, m.view_scope, m.act_scope,
       array(select t.id from team_members tm join teams t on t.id = tm.team_id
             where tm.person_id = p.id and t.project_id = m.project_id order by t.id) as teams
from people p join memberships m on m.person_id = p.id
where lower(p.email) = lower(%(email)s) and p.disabled_at is null
  and (%(project_id)s::int is null or m.project_id = %(project_id)s)
order by m.project_id limit 1

-- name: actor_by_token
-- whose unrevoked API token has this hash
select p.id, p.name, p.email, p.locale, p.timezone, p.session_epoch, p.must_change, p.password_hash,
       m.project_id, m.role, m.view_scope, m.act_scope,
       array(select t.id from team_members tm join teams t on t.id = tm.team_id
             where tm.person_id = p.id and t.project_id = m.project_id order by t.id) as teams
from api_tokens k join people p on p.id = k.person_id join memberships m on m.person_id = p.id
where k.token_hash = %(token_hash)s and k.revoked_at is null and p.disabled_at is null
order by m.project_id limit 1

-- name: actor_by_id
-- the person of a session, if the session's epoch still holds
select p.id, p.name, p.email, p.locale, p.timezone, p.session_epoch, p.must_change, p.password_hash,
       m.project_id, m.role, m.view_scope, m.act_scope,
       array(select t.id from team_members tm join teams t on t.id = tm.team_id
             where tm.person_id = p.id and t.project_id = m.project_id order by t.id) as teams
from people p join memberships m on m.person_id = p.id
where p.id = %(id)s and p.disabled_at is null and p.session_epoch = %(epoch)s
  and (%(project_id)s::int is null or m.project_id = %(project_id)s)
order by m.project_id limit 1

-- name: replace_hash
-- a hash of today's costs for the same password: sessions stay
update people set password_hash = %(password_hash)s where id = %(id)s

-- name: touch_token
-- when a token was last used; at most one write a minute
update api_tokens set last_used_at = now()
where token_hash = %(token_hash)s and (last_used_at is null or last_used_at < now() - interval '1 minute')

-- name: issue_in_scope
-- whether a scope holds an event of the issue
select exists (select from issues i where i.id = {id} and {scope})

-- name: audit
-- one line of the audit log
insert into audit_log (at, person_id, action, object, data)
values (clock_timestamp(), %(person_id)s, %(action)s, %(object)s, %(data)s)
