-- Takes a letter whose job itself runs again. Returns {held, state} | {taken}
local state = held()
if state then return { 'held', state } end
take()
return { 'taken' }
