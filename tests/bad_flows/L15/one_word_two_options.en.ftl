bad-again = A ticket
