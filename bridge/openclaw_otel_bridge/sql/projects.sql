-- name: default_project
-- the project that exists from the first migration on
select id from projects order by id limit 1
