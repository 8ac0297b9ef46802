-- name: default_project
-- the project that exists from the first migration on
select id from projects order by id limit 1

-- name: settings
-- what a project is set to
select settings from projects where id = %s

-- name: change
-- set some, remove some
update projects set settings = (settings || %(kept)s::jsonb) - %(gone)s::text[] where id = %(id)s

-- name: project
-- how a project is called
select id, slug, name from projects where id = %s
