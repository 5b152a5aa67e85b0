select code, name
from provinces
order by code
