-- fatal: an address is said to be kept, and no page of it is there
select urls.url, urls.source
from urls
left join pages on pages.url = urls.url
where fate = 'kept' and pages.id is null
