bad-offer = Ask { $desk }.
