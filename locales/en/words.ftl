# What people call things.
#
# One phrase a line. `.any` phrases may stand among other words, in any order; `.alone` phrases count only when nothing
# else is said. `a/b` are alternatives, "not" stands for every word of the negators. `like-` tables say which words are
# read as which. Every phrase needs an utterance in tests/it/text/utterances.txt.

words-intent-reset =
    .any =
        forgot/lost password
        not remember password
        not know password
        reset password
        recover password
        want/need/give new password
    .alone =
        new password
        password new
        reset
        reset it
        forgot
        forgot it
        not remember
words-intent-unlock =
    .any =
        account locked
        it/its locked
        locked out
        unlock account
        know password not login
        know password locked
        too many tries/attempts
    .alone =
        locked
        unlock
# Trouble that can have several causes: the menu asks which.
words-trouble =
    .any =
        not login
        not work/working
        problem/trouble login
        know password
        wrong password
        password expired
        account suspended/disabled
        forgot username
# Words of theft, of other people, of questions and of what is past: whatever else is said, nothing starts by itself.
words-doubt =
    .any =
        not me
        someone/somebody
        hack/hacked/hacker
        stole/stolen
        scam/phishing
        friend/brother/sister/mother/father/wife/husband/son/daughter
        his/her/their
        who
        did
        cancel
        yesterday
        got/received email/sms/code
        what happens/if
        why
        how long
        change password
        already reset
        anything but

# "For Ali": after one of these, whatever is not one's own may be another person.
words-behalf =
    .any = for
words-own =
    .any =
        me
        myself
        it
        account
        password
        office365
        portal
        email
        login
        student
        university
        today

words-command-help =
    .alone =
        help
        help me
        need help
        what can you do
words-command-repeat =
    .any =
        repeat question/that
        say that again
        what did you say
    .alone = repeat
words-command-language =
    .any =
        change language
        other/another language
    .alone = language
words-command-human =
    .any =
        talk/speak person
        talk/speak someone/somebody
        real person
        helpdesk
    .alone = person
words-command-cancel =
    .any =
        want stop/cancel
        cancel this/everything
    .alone =
        cancel
        cancel it
        stop
        quit
        exit
        bye/goodbye
        nevermind
words-command-restart =
    .any =
        start over
        start again
        begin again
    .alone = restart

words-yes =
    .any =
        yes/yeah/yep/yup
        sure
        ok/okay
        correct/right
words-no =
    .any =
        no/nope/nah
        dont

words-option-locked =
    .any = know password
words-option-email =
    .any = email
words-option-sms =
    .any =
        sms
        sms mobile
        sms phone
words-option-call-mobile =
    .any =
        call
        call mobile
        call phone
    .alone = mobile
words-option-call-office =
    .any =
        office
        call office
        call office phone
words-option-push =
    .any =
        push
        notification
        approve
words-option-totp =
    .any =
        authenticator
        authenticator code
        totp
words-option-questions =
    .any =
        question/questions
        security question/questions
words-option-other =
    .any =
        other/another/different way
        something else
    .alone = other/another/different
words-option-resend =
    .any =
        resend
        send again
        new code
        not get/receive code
words-option-another =
    .any =
        other/another/different/new digits
    .alone = another/different
words-option-again =
    .any =
        call again
        try again
        send again
    .alone = again
words-option-desk =
    .any = desk
words-option-ticket =
    .any = ticket
words-option-live =
    .any =
        connect
        live
    .alone = now
words-option-leave =
    .any =
        myself
        leave
        later
    .alone =
        no
        nothing

words-language-en =
    .any =
        english
        inggeris

words-like-password =
    .any =
        passwords
        pw
        pwd
        passwd
        passcode
        passphrase
        pswd
words-like-nevermind =
    .any =
        never mind
        forget it
        forget about it
words-like-account =
    .any =
        acc
        acct
words-like-username =
    .any =
        user name
        user id
words-like-forgot =
    .any =
        i forget
        forget
        forgotten
words-like-remember =
    .any = recall
words-like-locked =
    .any = blocked
# Names that hold one of our words and mean something else.
words-like-portal =
    .any =
        office 365
        office365
words-like-login =
    .any =
        log in
        sign in
        log on
        log into
        sign into
        get into
        get in
        enter
        access
words-like-change =
    .any =
        update
        switch
words-like-person =
    .any =
        human
        people
        agent
        operator
        staff
words-like-helpdesk =
    .any =
        help desk
        service desk
        it support
words-like-email =
    .any =
        mail
        e mail
        emails
words-like-sms =
    .any =
        text
        text message
words-like-call =
    .any =
        ring
        phone call
words-like-mobile =
    .any =
        cell
        cellphone
        handphone
        hp
        mobile phone
words-like-digits =
    .any =
        numbers
        characters
words-like-code =
    .any = otp

# Words that carry nothing.
words-particle =
    .any =
        please
        pls
        plz
        thanks
        thank
        hi
        hello
        hey
        um
        uh
        well
        the
        a
        my
        i
        sir
        madam
        bro
words-suffix =
    .any = s
words-negator =
    .any =
        not
        no
        never
        dont
        didnt
        doesnt
        cant
        cannot
        couldnt
        isnt
        wasnt
        havent
        wont
        without
        nope
# Words of their own that are one slip away from words above.
words-other =
    .any =
        looked
        cancer
        resent
        rested
        officer
        unlocks
        repent
words-number =
    .any =
        number
        option
        choose
        press
        the
        choice
words-ordinal-1 =
    .any = first
words-ordinal-2 =
    .any = second
words-ordinal-3 =
    .any = third
words-ordinal-4 =
    .any = fourth
words-ordinal-5 =
    .any = fifth

# The first word of a digit is how it is read out.
words-digit-0 =
    .any =
        zero
        oh
        o
        nil
words-digit-1 =
    .any = one
words-digit-2 =
    .any = two
words-digit-3 =
    .any = three
words-digit-4 =
    .any = four
words-digit-5 =
    .any = five
words-digit-6 =
    .any = six
words-digit-7 =
    .any = seven
words-digit-8 =
    .any = eight
words-digit-9 =
    .any = nine
words-times-2 =
    .any = double
words-times-3 =
    .any = triple
words-digit-around =
    .any =
        code
        is
        its
        it
        number
        was
