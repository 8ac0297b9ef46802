-- name: create
-- a new key of a project
insert into project_keys (project_id, kind, key, label) values (%(project_id)s, %(kind)s, %(key)s, %(label)s)

-- name: project_of
-- whose key it is
select project_id from project_keys where kind = %(kind)s and key = %(key)s and revoked_at is null

-- name: projects
-- every project with its settings
select id, slug, settings from projects

-- name: traces_with_events
-- those of the traces that hold an event of the project
select distinct trace_id from events
where project_id = %(project_id)s and trace_id = any(%(traces)s) and day >= %(first)s

-- name: list
-- the keys of a project, the newest first
select id, kind, label, created_at, revoked_at from project_keys where project_id = %(project_id)s order by id desc

-- name: revoke
-- end a key; twice changes nothing
update project_keys set revoked_at = coalesce(revoked_at, now()) where project_id = %(project_id)s and id = %(id)s
returning id
