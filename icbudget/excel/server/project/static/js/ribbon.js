// xlwings Server's page loads a file of this name for buttons on the ribbon that call a function; icbudget has none of those.
