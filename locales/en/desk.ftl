# Handing over to people.

desk-offer = The service desk can take over. What would you like?
desk-open-ticket = Open a ticket
    .voice = To open a ticket
desk-connect = Talk to somebody now
    .voice = To talk to somebody now
desk-summary = Self-service could not finish this case. Please check in person who is asking before you change anything.
desk-ticket-number = Your ticket has the number { $number }. The service desk will get back to you: { $desk }.
    .voice = Your ticket has the number { $number }. The service desk will get back to you.
desk-phone-and-hours = You can reach the service desk here: { $desk }.
desk-connected = I am connecting you now.
