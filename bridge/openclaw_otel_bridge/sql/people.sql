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

-- name: people
-- the members of a project, or one of them
select p.id, p.name, p.email, m.role, p.locale, p.timezone, m.view_scope, m.act_scope,
       p.disabled_at is not null as disabled, p.must_change,
       array(select t.slug from team_members tm join teams t on t.id = tm.team_id
             where tm.person_id = p.id and t.project_id = m.project_id order by t.slug) as teams,
       array(select t.id from team_members tm join teams t on t.id = tm.team_id
             where tm.person_id = p.id and t.project_id = m.project_id order by t.slug) as team_ids
from people p join memberships m on m.person_id = p.id
where m.project_id = %(project_id)s and (%(id)s::bigint is null or p.id = %(id)s)
order by lower(p.name), p.id

-- name: email_taken
-- somebody else has this e-mail
select id from people where lower(email) = lower(%(email)s) and id <> %(id)s

-- name: add_person
-- a person with their membership
with person as (
    insert into people (email, name, password_hash, locale, timezone, must_change)
    values (%(email)s, %(name)s, %(password_hash)s, %(locale)s, %(timezone)s, %(must_change)s)
    returning id
)
insert into memberships (person_id, project_id, role) select id, %(project_id)s, %(role)s from person
returning person_id

-- name: update_person
-- what a person is called and reads in; disabling ends their sessions
update people set name = %(name)s, email = %(email)s, locale = %(locale)s, timezone = %(timezone)s,
       disabled_at = case when %(disabled)s then coalesce(disabled_at, now()) end,
       session_epoch = session_epoch + case when %(disabled)s then 1 else 0 end
where id = %(id)s

-- name: update_membership
-- what a person may do and see in the project
update memberships set role = %(role)s, view_scope = %(view_scope)s, act_scope = %(act_scope)s
where person_id = %(id)s and project_id = %(project_id)s

-- name: set_password
-- a new password ends all sessions
update people set password_hash = %(password_hash)s, must_change = %(must_change)s, session_epoch = session_epoch + 1
where id = %(id)s

-- name: end_sessions
-- log out everywhere
update people set session_epoch = session_epoch + 1 where id = %(id)s

-- name: hash_of
-- the stored hash, to check a password again
select password_hash from people where id = %(id)s

-- name: own_settings
-- language and time zone
update people set locale = %(locale)s, timezone = %(timezone)s where id = %(id)s

-- name: teams_by_slug
-- teams of a project by their slugs
select id, slug from teams where project_id = %(project_id)s and slug = any(%(slugs)s)

-- name: leave_teams
-- leave the project's teams that are not in the list
delete from team_members where person_id = %(person_id)s and not team_id = any(%(teams)s::bigint[])
  and team_id in (select id from teams where project_id = %(project_id)s)

-- name: join_teams
-- join teams
insert into team_members (team_id, person_id) select t, %(person_id)s from unnest(%(teams)s::bigint[]) t
on conflict do nothing

-- name: is_active_member
-- a person of the project who can act
select p.id from people p join memberships m on m.person_id = p.id
where p.id = %(id)s and m.project_id = %(project_id)s and p.disabled_at is null

-- name: create_token
-- an API token, by its hash
insert into api_tokens (person_id, name, token_hash) values (%(person_id)s, %(name)s, %(token_hash)s) returning id

-- name: tokens
-- tokens of the project's people, or of one of them
select k.id, k.person_id, p.name as person_name, k.name, k.created_at, k.last_used_at, k.revoked_at
from api_tokens k join people p on p.id = k.person_id join memberships m on m.person_id = p.id
where m.project_id = %(project_id)s and (%(person_id)s::bigint is null or k.person_id = %(person_id)s)
order by k.created_at desc, k.id desc

-- name: revoke_token
-- end a token
update api_tokens k set revoked_at = coalesce(k.revoked_at, now())
from memberships m
where k.id = %(id)s and m.person_id = k.person_id and m.project_id = %(project_id)s
  and (%(person_id)s::bigint is null or k.person_id = %(person_id)s)
returning k.id

-- name: teams
-- the teams of a project with their members
select t.id, t.slug, t.name,
       array(select person_id from team_members where team_id = t.id order by person_id) as member_ids
from teams t where t.project_id = %(project_id)s order by lower(t.name), t.id

-- name: create_team
-- a new team
insert into teams (project_id, slug, name) values (%(project_id)s, %(slug)s, %(name)s) returning id

-- name: set_members
-- these people and no others
with gone as (delete from team_members where team_id = %(team_id)s and not person_id = any(%(people)s::bigint[]))
insert into team_members (team_id, person_id) select %(team_id)s, p from unnest(%(people)s::bigint[]) p
on conflict do nothing

-- name: project_by_slug
-- a project by its slug
select id from projects where slug = %(slug)s
