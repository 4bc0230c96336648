# Handing over to people.

desk-offer =
    The service desk can take it from here: { $desk }.
    What would you like?
    .voice = The service desk can take it from here. What would you like?
desk-opt-ticket = Open a ticket for me
    .voice = To open a ticket
desk-opt-connect = Talk to somebody now
    .voice = To talk to somebody now
desk-opt-leave = I'll get in touch myself
    .voice = To get in touch yourself
desk-ticket-number = Your ticket is { $number }. The service desk will get back to you; you can also ask there: { $desk }.
    .voice = Your ticket is { $number }. The service desk will get back to you.
desk-connected = I'm connecting you now.
desk-contact = I could not pass it on just now. Please get in touch with the service desk: { $desk }.
desk-leave = All right. This is how you reach the service desk: { $desk }.
desk-summary = Self-service could not finish this case. Please check who is asking before you change anything.
desk-fraud = Somebody says that they did not ask for this reset. Self-service is closed for the account until you release it. Please reach the owner on an address that was registered before.

# The mail that opens a ticket, read by the service desk.
desk-mail-subject = Self-service case { $value }
desk-mail-number = Case: { $value }
desk-mail-person = Who says to be asking (not proven unless a check below passed): { $value }
desk-mail-verified = Checks passed: { $value }
desk-mail-summary = Note: { $value }
desk-mail-nothing = none
desk-case-number = Your case has the number { $number }.
desk-not-taken = I could not reach anybody at the service desk just now.
desk-reach = This is how you reach the service desk: { $desk }.
desk-closed = Nobody can take a call just now. The service desk has your case; this is how you reach it: { $desk }.
    .voice = Nobody can take your call now. The desk has your case; reach it here: { $desk }.
desk-call-note = Case { $case }. Checks passed: { $verified }.
