-- Every naming could be a person of its own, and was one before it was linked with others: its id leads to the person.
select id, person_id
from namings
where id <> person_id
order by id
