-- Events are looked up by id, never by day alone. A key that begins with the day is an invitation to read all of the day:
-- a plan that is made without the parameters takes "between these days" for half a percent of it.
alter table events drop constraint events_pkey;
alter table events add primary key (id, day, project_id);
