-- name: create
-- a new key of a project
insert into project_keys (project_id, kind, key, label) values (%(project_id)s, %(kind)s, %(key)s, %(label)s)

-- name: project_of
-- whose key it is
select project_id from project_keys where kind = %(kind)s and key = %(key)s and revoked_at is null
