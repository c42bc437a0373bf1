# Screens of Incamera, English. Every catalogue has the same keys and arguments.
# Words: call, delegation, seat, antechamber, doors, floor. Never: room, participant, meeting, user.

## Everywhere

product = Incamera
tab-title = { $page } · Incamera
who = { $short }, { $name }
who-more = { $who } and { $more } more
language = Language
close = Close
cancel = Cancel
dismiss = Dismiss
settings = Settings
on = on
off = off
you = you
microphone = Microphone
camera = Camera
speaker = Loudspeaker
rehearsal = Rehearsal
rehearsal-why = The other seats are played by synthetic participants.
rehearsal-full = Rehearsal: the other seats are played by synthetic participants.
host = Host
kind-principal = Principal
kind-staff = Staff
kind-interpreter = Interpreter
kind-observer = Observer
presence-absent = Not here
presence-waiting = In the antechamber
presence-seated = At the table
presence-lost = Connection lost, place kept
presence-removed = Removed

## Home and opening

home-tab = Calls between delegations
home-title = Video and voice calls between delegations
home-text = A convener names the delegations and hands each seat its link. Whoever holds a link needs a browser: no account, and nothing to install.
home-link-title = You have a link
home-link-label = Link to your seat
home-link-hint = Paste it as you received it. It is yours alone: do not pass it on.
home-link-open = Open
home-convene-title = You convene a call
home-convene-text = Name the delegations and their seats, then hand out the links. For this you need a convener key from the operator of this server.
home-convene-go = Convene a call
opening-title = Opening your seat
opening-text = The link is being checked. This takes a moment.
other-tab-title = This call is open in another tab
other-tab-text = One tab at a time sits on a seat. Go back to the other tab, or take the seat here: the other tab then lets go of it.
other-tab-use-here = Take the seat in this tab

## Green room

green-room-seen = What others see
green-room-ready = Before you enter
they-see-you-as = They will see you as
picture-none = Your seat has no picture in this call.
picture-asking = Your picture is not here yet. Allow the camera if the browser asks.
picture-off-own = Your camera is off. Others will see your nameplate.
level = Your microphone hears
level-say-something = Say a few words: the lamps should move.
level-off = Your microphone is off. You can open it at the table.
speaker-test = Loudspeaker test
speaker-play = Play a tone
speaker-playing = A tone is being played.
speaker-asking = Did you hear the tone?
speaker-yes = Yes, I heard it
speaker-no = No
speaker-heard = You heard the tone: the loudspeaker works.
speaker-unheard = Turn the sound up or choose another loudspeaker, then play the tone again.
speaker-failed = No tone could be played there. Choose another loudspeaker, then play the tone again.
observer-explained = You observe: you see and hear the call, and nobody sees or hears you.
format-video = Video call
format-voice = Voice call
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
  }
now-is = It is now { $time }
device-microphone-numbered = Microphone { $number }
device-camera-numbered = Camera { $number }
device-speaker-numbered = Loudspeaker { $number }
permission-title = Where to allow it in this browser
permission-chromium-1 = In the address bar, click the sign to the left of the address.
permission-chromium-2 = Switch on Camera and Microphone.
permission-chromium-3 = Come back here and choose “Try again”.
permission-firefox-1 = In the address bar, click the crossed-out camera or microphone.
permission-firefox-2 = Remove the mark “Blocked” with the small cross beside it.
permission-firefox-3 = Come back here, choose “Try again”, and then “Allow”.
permission-safari-1 = In the Safari menu, choose “Settings for This Website”. On a phone, tap the sign to the left of the address.
permission-safari-2 = Set Camera and Microphone to “Allow”.
permission-safari-3 = Come back here and choose “Try again”.
permission-other-1 = Open your browser’s settings for this site, usually beside the address.
permission-other-2 = Allow the camera and the microphone.
permission-other-3 = Come back here and choose “Try again”.
enter-antechamber = Enter the antechamber
take-your-seat = Take your seat
entering = One moment

## Go / no-go

ready-title = Go / no-go
ready-open = Who is ready
ready-text-own = What this page has found out about this machine and its network. The hosts see it too; your voice and your picture are not in it.
ready-text-host = What the page of each seat has found out before the call, as it says itself. No voice and no picture is in it.
ready-light-go = Go
ready-light-caution = Caution
ready-light-nogo = No-go
ready-light-unchecked = Not checked yet
ready-own-go = This machine and its network are ready for the call.
ready-own-caution = You can take part. Something could be better: see below.
ready-own-nogo = Something must be put right before the call: see below.
ready-own-unchecked = Not everything has been checked yet.
ready-measuring = The network is being measured. This takes about ten seconds.
ready-again = Check again
ready-nothing-said = This seat has not said anything yet.
ready-in-green-room = In the green room
ready-some-unchecked = Not checked yet: { $what }
ready-count = { $light }: { $count }
ready-way = Way to the server
ready-up = What you can send
ready-down = What you can receive
ready-loss = Lost on the way
ready-delay = Delay
ready-microphone = Microphone
ready-speaker = Loudspeaker
ready-camera = Camera
ready-clock = Clock of this machine
ready-sealing = Sealing
ready-page = Page
ready-figure-udp = direct (UDP)
ready-figure-tcp = only TCP
ready-figure-nothing = no way through
ready-figure-rate = { $mbits } Mbit/s
ready-figure-loss = { $percent } %
ready-figure-delay = { $ms } ms
ready-figure-works = works
ready-figure-off = switched off
ready-figure-denied = not allowed
ready-figure-not-found = none found
ready-figure-in-use = in use by another program
ready-figure-failed = does not work
ready-figure-muted = muted by the system
ready-figure-no-sound = no sound yet
ready-figure-heard = heard
ready-figure-unheard = not heard
ready-figure-clock = right
ready-figure-clock-ahead = { $seconds } s ahead
ready-figure-clock-behind = { $seconds } s behind
ready-figure-page-current = the server’s present one
ready-figure-page-old = not the server’s present one
ready-figure-page-other = other code than your page
ready-advice-tcp = This network blocks UDP, so sound and pictures may stutter. Ask its administrator to allow UDP to this server, or use another network.
ready-advice-nothing = Sound and pictures do not get through this network. Use another network, for example that of a mobile phone, or ask its administrator.
ready-advice-up = Little can be sent: others may see a coarse picture. Use a cable instead of wireless, and end uploads.
ready-advice-up-none = Not even a voice gets through to the server. Use another network.
ready-advice-down = Little can be received: pictures may pause, voices are kept. Use a cable instead of wireless, and end downloads.
ready-advice-down-none = Not even a voice comes back from the server. Use another network.
ready-advice-loss = Too much is lost on the way, so words may drop. Move closer to the wireless access point, or use a cable.
ready-advice-delay = The way is long: pause a moment before you answer. A cable, or a network without a detour, shortens it.
ready-advice-microphone-off = Switch the microphone on to check it.
ready-advice-microphone-denied = Allow the microphone in the browser’s settings for this page.
ready-advice-microphone-not-found = Connect a microphone: without one, nobody hears you.
ready-advice-microphone-in-use = Close the other program that uses the microphone, then check again.
ready-advice-microphone-failed = Connect the microphone anew, or choose another one.
ready-advice-microphone-muted = Unmute the microphone at its switch, on the keyboard or in the system’s settings.
ready-advice-microphone-no-sound = Say something. If nothing changes, choose another microphone or turn it up in the system’s settings.
ready-advice-speaker-untested = Play the tone to check it.
ready-advice-speaker-unheard = Turn the sound up, or choose another loudspeaker, then play the tone again.
ready-advice-camera-off = Switch the camera on to check it.
ready-advice-camera-denied = Allow the camera in the browser’s settings for this page, or take part without a picture.
ready-advice-camera-not-found = Connect a camera, or take part without a picture.
ready-advice-camera-in-use = Close the other program that uses the camera, then check again.
ready-advice-camera-failed = Connect the camera anew, or choose another one.
ready-advice-camera-muted = Open the camera’s shutter, or allow the camera in the system’s settings.
ready-advice-clock = Set this machine’s clock, best by itself from the network: invitations and keys carry dates.
ready-advice-sealing = This browser cannot seal sound and pictures. Use a current version of Firefox, Chrome, Edge or Safari.
ready-advice-page = The server gives out a newer page. Load this page again.
ready-advice-code = The page of this seat and yours are not the same. Both should be loaded again; if they still differ, tell the operator.

## Antechamber

antechamber = Antechamber
antechamber-asking = The host is being told that you are here.
antechamber-waiting = The host will admit you.
antechamber-waiting-more = You need do nothing. This page changes by itself when you are admitted.
antechamber-no-host = No host is here yet. One who comes is told at once that you wait. You need do nothing.
antechamber-doors-closed = The doors are closed.
antechamber-doors-closed-more = The host knows that you wait, and can admit you once the doors are open again. You need do nothing.
antechamber-occupied = Your seat is in use on another machine.
antechamber-occupied-more = The host was asked whether to move your seat here. If the other machine is yours, you can also leave the call there.
antechamber-free = The other machine with your seat is gone.
antechamber-free-more = No other host is here to be asked. In a few seconds the seat is yours and the call goes on, sealed anew.
antechamber-since = You have been waiting since { $time }.
antechamber-unheard = Nobody sees or hears you yet.
antechamber-back = Back to the green room

## Table

controls = Controls
table-seats = Seats at the table
announcements = Arrivals and departures
doors-are-open-more = The doors are open: you can admit who waits.
doors-are-closed-more = The doors are closed: nobody new is admitted. Who was admitted can return.
doors-close = Close doors
doors-open = Open doors
seated-of = { $seated } of { $seats } at the table
clock-own = Your time:
clock-elapsed = Elapsed:
mute = Mute
unmute = Unmute
whisper = Delegation only
camera-stop = Stop camera
camera-start = Start camera
share = Share
share-stop = Stop sharing
sharing-now = You are sharing your screen: everybody at the table sees it.
people = People
people-close = Close the list of people
leave = Leave
key-mute = Mute, unmute
key-whisper = Speak to your delegation only, to the table again
key-camera = Camera on, off
key-share = Share your screen
key-text = Texts
key-people = People
key-doors = Close, open the doors
key-antechamber = Antechamber
key-leave = Leave
shortcuts-on = Single keys work as shortcuts
muted = muted
mic-open = microphone open
speaking = speaking
whispers = to your delegation only
muted-but-speaking = You are muted, but you are speaking. Press “Unmute” to be heard.
whispering = Only your delegation hears you.
whispering-unheard = Nobody hears you now, neither your delegation nor the table.
sound-blocked = Your browser holds back the sound until you click.
sound-hear = Hear the call
alone = Nobody else is at the table yet.
observers = { $count ->
    [one] and { $count } observer: { $who }
   *[other] and { $count } observers: { $who }
  }
observer-state = { $who } ({ $state })
has-floor = Has the floor
screen-of = Screen
pin = Show { $who } large
pinned = pinned
unpin = Back to all seats
floor-give = Give the floor to { $who }
floor-take = Take the floor back from { $who }
large-pinned = Large: your choice
large-screen = Large: a shared screen
large-floor = Large: who has the floor
tile-loading = The picture is on its way
tile-paused = Picture paused, voice kept
tile-still = The picture stands still
tile-absent = not here yet
tile-lost = lost at { $time }, returning
tile-shown-large = Shown large
pages = Pages of seats
page-previous = Previous page
page-next = Next page
page-range = { $first } to { $last } of { $count }
search-seats = Find a seat
search-none = No seat with this name
announce-arrived = { $who } has arrived.
announce-admitted = { $who } has arrived, let in by { $by }.
announce-returned = { $who } has returned.
announce-lost = The connection of { $who } is lost. The place is kept.
announce-departed = { $who } has left.
announce-waiting = { $who } waits in the antechamber.
announce-waiting-many = { $count } wait in the antechamber: { $who }.
announce-text = { $who } has written to all.
announce-text-own = { $who } has written to { $to } only.
announce-circle-asks = { $who } asks to be admitted to the circle of { $to }.

## How the call is sealed

sealed-short = Sealed: the server carries this call and cannot open it.
sealed-calls = Sealed: the server carries calls and cannot open them.
seal-doors-closed = The doors are closed.
seal-doors-open = The doors are open.
seal-doors-unknown = No host has said yet whether the doors are open.
seal-verified = { $verified } of { $members } verified.
seal-entering = You are being let into the sealed call.
seal-recovering = The call is being sealed anew.
seal-unconfirmed = A host is confirming your seat.
seal-no-answer = The server does not answer.
seal-joining = { $who } { $count ->
    [one] is
   *[other] are
  } coming in.
seal-silent = { $who } { $count ->
    [one] is
   *[other] are
  } silent.
seal-absent = { $who } { $count ->
    [one] is
   *[other] are
  } out of reach.
seal-unproven = Connection: sound and pictures of { $who } cannot be proven just now. { $count ->
    [one] This seat is
   *[other] These seats are
  } held back until they can.
seal-unverified = { $who } { $count ->
    [one] is
   *[other] are
  } not verified.
seal-starved = { $who } { $count ->
    [one] sends
   *[other] send
  }, and nothing of it arrives here.
seal-code-differs = { $who } { $count ->
    [one] runs
   *[other] run
  } other code than this page.
seal-no-host = No host has answered for a moment.
seal-unsure = Not everything can be verified just now.
seal-stopped = Stopped: what the other seats report does not fit what you see.
seal-stopped-no-host = Stopped: no sign of a host for 15 seconds.
seal-stopped-unanswered = Nothing is sent for now: nobody else has answered for 15 seconds.
seal-removal-withheld = The removal of { $who } is held back by the server: nothing of yours is sent until { $count ->
    [one] that seat is
   *[other] those seats are
  } out.
seal-wrong = Something in this call is not as it should be.
seal-bad-plan = The list of seats that the server gave is not the one the convener signed.
seal-removed = A host has removed your seat.
seal-forged = Sound or pictures in the name of { $who } were forged. They were dropped; what { $count ->
    [one] this seat really sends
   *[other] these seats really send
  } is still played.
seal-different = { $who } { $count ->
    [one] sees other words: this seat is
   *[other] see other words: these seats are
  } stopped.
seal-device-changed = { $who } { $count ->
    [one] has
   *[other] have
  } changed machines.
seal-recovered = { $who } { $count ->
    [one] has
   *[other] have
  } sealed the call anew.
seal-recovered-anyone = The call was sealed anew.
sealing-verified = Verified
sealing-joining = Coming in
sealing-silent = Silent
sealing-absent = Out of reach
sealing-unproven = Connection: not proven just now, held back until it is
sealing-forged = Somebody forged its sound or picture: dropped, only what is proven is played
sealing-different = Stopped: sees other words
sealing-changed = On another machine, not accepted yet
sealing-unverified = Not verified
tile-sealing-joining = coming in
tile-sealing-absent = out of reach
tile-sealing-unproven = connection: not proven
tile-sealing-forged = forgeries dropped
tile-sealing-different = stopped: other words
tile-sealing-changed = other machine
tile-sealing-unverified = not verified
sending-unconfirmed-picture = Your voice and picture are not sent yet: a host is confirming you.
sending-unconfirmed-voice = Your voice is not sent yet: a host is confirming you.
sending-stopped-picture = Your voice and picture are not sent now. They go on by themselves once this is settled.
sending-stopped-voice = Your voice is not sent now. It goes on by itself once this is settled.
device-changed-ask = { $who } has come back on another machine. Nothing of this seat is seen or heard here until you accept that machine. Ask this person by another way first.
device-accept = Accept this machine
device-accept-who = Accept this machine: { $who }
vouched-title = Who let whom in
vouched-by = Let in by { $who }
code-other = Says that it runs other code than this page
how-title = How this call is sealed
how-calls = How calls are sealed
how-text = Whatever is said, shown or written is sealed on the sender’s machine and opened only on the machines at the table. At the table, this page also shows who let whom in.
how-now = Now
how-protects = What is protected
how-protects-content = Voices, pictures, shared screens, texts, and the names and titles of all seats. The server and whoever runs it carry them and cannot open them.
how-protects-table = Who sits at the table. Only a host lets somebody in, and every machine at the table checks the invitation itself. The server can add no listener.
how-protects-past = What was said before somebody came, and what is said after somebody left or was removed: they cannot open it.
how-protects-stops = Nothing goes out unsealed. If something does not fit, sending stops, and the line at the top says why and with whom.
how-protects-later = What is recorded on the way today stays closed to the quantum computers of later years.
how-not = What is not protected
how-not-code = A changed page. Whoever runs the server could give one browser a changed page, and then hear what that seat hears.
how-not-device = A machine that somebody else controls, at any seat.
how-not-film = A telephone that films a screen, or a recorder beside the loudspeaker.
how-not-voice = A cloned voice. Comparing words by voice does not defend against it: use another line if it matters.
how-not-traces = What the server must see: which seats are connected, from where, when, how much they send, when they are muted, which pictures they ask for.
how-not-delay = A removal that the server holds back. Then the removed seat can follow for up to 15 seconds, until every machine stops by itself.
how-not-link = A link in the wrong hands. Whoever holds it can ask to come in under that name, and the host decides.
how-not-host = The host’s link in the wrong hands. Whoever holds it is the convener; the only remedy is a new call.
how-not-off = An interruption. Whoever runs the server can end any call.
how-not-denial = Denial. What a seat sends is signed, and another seat can show it to a stranger.
how-not-quantum = A forger with a quantum computer during the call: signatures are of today’s kind.
print-title = Small print
print-code = Code of this page
print-group = Group
print-epoch = Epoch
print-sealed = Frames sealed
print-opened = Frames opened
print-refused = Frames refused

## The words of the call

check-go = Check the words
check-why = Six words show whether all machines hold the same keys: a host reads them out, and every seat says whether it sees the same.
check-ask-host = Any host can ask for the words.
check-title = The words of this call
check-over = The words were compared
check-read-out = Read the six words out, slowly. Every seat then says whether it sees the same.
check-listen = The host reads them out: { $chair }. Do you see the same words?
check-words = Words
check-language = Language of the words: { $language }, the host’s. The digits say the same.
check-left = { $time } left
check-same = Same
check-different = Different
check-different-means = “Different” stops your sound and picture at once, and everybody is told that it was your seat.
check-own-same = You answered: same.
check-own-different = You answered: different. Your sound and picture are stopped, and everybody was told. Reach the host by another way.
check-answers = Answers
check-no-answer = no answer
check-result-different = { $who } { $count ->
    [one] sees other words: this seat’s
   *[other] see other words: these seats’
  } sound and picture are stopped.
check-result-missing = No answer came from { $who }.
check-result-all-same = All who were asked see the same words.
check-result-so-far = { $count ->
    [one] { $count } seat has
   *[other] { $count } seats have
  } yet to answer.
check-cloned = A voice can be cloned, and this does not defend against that: if it matters, compare the words by another line.
check-goes-on = The words of this call are being compared.
check-answered = Everybody has answered.
check-compared-at = The words were compared at { $time }.
check-show = Show the words
check-not-now = The words cannot be compared now. Try again in a moment.

## Texts

text = Text
text-to-all = to all at the table
text-close = Close the texts
text-log = What was written
text-empty = Nothing written yet. Everyone at the table reads what is written here; those who come later do not.
text-since = Texts are kept on no machine. This page shows those written since { $time }.
text-gap = Nothing that was written between { $from } and { $to } came here: this page was not in the call. Ask the others if you need it.
text-write = Write to all
text-keys = Enter sends; Shift and Enter begin a new line.
text-left = { $count ->
    [one] { $count } character left
   *[other] { $count } characters left
  }
text-too-long = At most { $max } characters: { $over } too many.
text-send = Send to all
text-waiting = waiting to be sent
text-unread = { $count ->
    [one] { $count } new text
   *[other] { $count } new texts
  }
text-not-sent = The text was not sent. Try again in a moment.

## The circle of the own delegation: what is written to it only its seats read. to: the delegation, in short

text-choice = Who reads it
text-tab-all = To all
text-tab-own = To { $to }
text-log-own = What was written to { $to }
text-empty-own = Nothing written yet. Only the people of { $to } in this circle read what is written here; those who come later do not.
text-write-own = Write to { $to } only
text-send-own = Send to { $to }
circle-in = In the circle: { $who }
circle-unsure = In it too, but not verified just now: { $who }
circle-queue = To be admitted to the circle of { $to }: { $count }
circle-admit-who = Admit { $who } to the circle of { $to }
circle-opening = The circle of { $to } is opening. If another head has begun it, they admit you.
circle-waits = The circle of { $to } is not open to you yet: its head admits you.
circle-headless = The circle of { $to } opens once the head of the delegation is at the table.
circle-recovering = You are on the way back into the circle of { $to }.
circle-alone = Nobody else of { $to } is in the circle yet.
circle-unconfirmed = The head is confirming your place in the circle of { $to }.
circle-no-head = Nothing goes to { $to } for now: the head has not answered for a while.
circle-unanswered = Nothing goes to { $to } for now: nobody else has answered for a while.
circle-different = Nothing of yours goes to { $to }: you saw other words. Reach the head by another way.
circle-not-compared = Words not compared yet.
circle-check-go = Compare the words
circle-check-title = The words of the circle of { $to }
circle-check-read-out = Have your people compare these six words: in the room, or by telephone. Each then says whether they are the same.
circle-check-listen = The head has these words: { $chair }. Compare them in the room or by telephone. Do you see the same?
circle-check-language = Language of the words: { $language }, the head’s. The digits say the same.
circle-check-different-means = “Different” stops at once what you write to the circle, and all in it are told that it was your seat.
circle-check-own-different = You answered: different. Nothing of yours goes to the circle any more, and all in it were told. Reach the head by another way.
circle-check-result-different = { $who } { $count ->
    [one] sees other words: what this seat writes
   *[other] see other words: what these seats write
  } to the circle is stopped.

## Leaving the table, ending the call

leave-title = Leave the call?
leave-text = To come back, use your link again: the host must then admit you anew.
leave-text-host = The call goes on without you. To come back, use your link again.
leave-text-waiting = { $count ->
    [one] { $count } text has not been sent yet. It is lost if you leave.
   *[other] { $count } texts have not been sent yet. They are lost if you leave.
  }
leave-stay = Stay
leave-go = Leave the call
end-for-all = End the call for everybody
end-title = End “{ $call }” for everybody?
end-text = { $count ->
    [one] { $count } seat is at the table. The call ends at once, and its links stop working.
   *[other] { $count } seats are at the table. The call ends at once for all of them, and its links stop working.
  }
end-action = End for everybody
leaving-left = You have left the call.
leaving-ended = The call has ended.
leaving-removed = The host has taken your seat from the table.
leaving-refused = The host did not admit you.
recorded-title = What was recorded about you
recorded-seat = Seat
recorded-arrival = Arrival
recorded-departure = Departure
recorded-length = At the table for
recorded-nothing-else = Nothing else: no picture, no voice, no word of what was said.
recorded-nothing = Nothing. You did not sit at the table.
return-title = Coming back
return-left = Your link still works. The host must admit you again, unless you are the host.
return-ended = This call is over. For another one, the convener will send you a new link.
return-removed = Your link no longer works. Ask the convener for a new one.
return-refused = Your link still works. Reach the host by another way first, then ask again.
return-go = Back to the green room

## People and antechamber

queue-title = Antechamber: { $count }
queue-empty = Nobody waits.
queue-since = Waits since { $time }, { $minutes ->
    [0] less than a minute
    [one] { $minutes } minute
   *[other] { $minutes } minutes
  }
queue-occupied-more = This seat is in use on another machine, and who sits there has been told. Moving it takes that machine from the table.
claim-verified = with the invitation
claim-checking = The invitation is being checked.
claim-not-a-grant = Came without an invitation to this call.
claim-wrong-seat = Came with the invitation of another seat.
claim-expired = The invitation has run out. The convener can make a new link.
claim-closed = The link to this seat was closed. The convener can make a new one.
claim-bad-package = What this machine sent is damaged. The page must be loaded again there.
claim-wrong-clock = The clock of that machine or of yours is wrong by an hour or more. Set it, then load the page again there.
claim-other-device = Has the invitation, but comes from another machine than before. Ask this person by another way first.
admit-not-verified = { $who } did not come with the invitation to this seat and was not admitted.
queue-doors-closed = The doors are closed.
queue-all = See all { $count }
knock-tell = If you look elsewhere, the title of this page says who waits. Also:
knock-sound = a quiet sound
knock-notice = a notification of this system, without names
knock-notice-impossible = This browser shows no notifications for this page.
knock-title = ({ $count }) { $call }
knock-waits = Somebody waits in the antechamber.
admit = Admit
admit-move = Move the seat
admit-who = Admit { $who }
admit-move-who = Move the seat of { $who }
admit-all = Admit all verified
refuse = Refuse
refuse-who = Refuse { $who }
remove-who = Remove { $who }
mute-who = Mute { $who }
remove-title = Remove { $who } from the table?
remove-text = This person leaves at once, and the link to this seat is closed for good. To return, they need a new link: for the convener that is one click.
remove-action = Remove

## Errors that end a call’s screen

error-tab = The call cannot be shown
error-code = For your operator: { $code }
error-bad-link = This is not a link to a seat.
error-link-no-secret = This link has lost its last part, the one after #.
error-link-cut = This link was cut off at its end.
error-link-changed = This link was changed on its way: its last part is not what it was.
error-link-several = There is more than one link here.
error-link-elsewhere = This link belongs to another server.
error-link-exposed = A mail program or a gateway has changed this link so that its secret has reached the server. It does not open any more.
error-host-link-exposed = A mail program or a gateway has changed this host’s link so that the secret of the whole call has reached the server. It does not open any more.
error-link-wrapped = This link is inside the address of another server, which has been told its secret. It does not open.
error-host-link-wrapped = This host’s link is inside the address of another server, which has been told the secret of the whole call. It does not open.
error-paste = Paste the link by hand
error-unknown-call = This server knows no such call.
error-unknown-link = This link does not open a seat.
error-link-closed = This link no longer works.
error-call-ended = This call has ended.
error-seat-occupied = Your seat is in use on another machine.
error-refused = The host did not admit you.
error-seat-moved = Your seat is now in use on another machine.
error-unsupported-version = This page is older or newer than the server.
error-server-full = The server can take no more connections now.
error-storage-unavailable = The server cannot write down what it must.
error-going-away = The server is restarting.
error-internal = The server has made a mistake.
error-unreachable = The server does not answer.
error-too-fast = Too many attempts in a short time.
error-bad-grant = The server gave something that does not belong to this invitation.
error-answer-extension = The server wanted marks beside your voice and picture that show how loud somebody speaks. Nothing was sent that way.
error-answer-codec = The server wanted your voice or picture in a form whose sizes and pauses show what is said. Nothing was sent that way.
error-answer-lines = The server wanted other voices and pictures from this page than are agreed. Nothing was sent that way.
error-answer-transport = The server did not say properly where and under which key sound and pictures are to go. Nothing was sent that way.
error-answer-unknown = The server said something about sound and pictures that belongs to no call. Nothing was sent that way.
error-seal-failed = The part of this page that seals the call has stopped working.
error-browser-too-old = This browser cannot carry the call: it lacks { $missing }.
error-insecure-page = This page was opened without https, so the browser gives it no camera and no microphone.
remedy-ask-for-link = Open the link exactly as you received it, from the first letter to the last. If it still fails, ask the convener to send it again.
remedy-ask-for-new-link = Ask the convener for a new link.
remedy-one-link = Keep the one for your own seat and paste it alone.
remedy-other-server = If you trust that server, open the link in the address bar.
remedy-renew-link = Ask the convener for a new link, by another way than this one. Making it closes the old one.
remedy-new-call = Convene a new call and hand out its links by another way. Then delete this one.
remedy-bad-grant = Do not go on here. Ask the convener by another way whether the link is right, and tell them what this page says.
remedy-bad-answer = This is not how an Incamera server behaves. Try again once; if it says the same, do not go on here and tell the convener by another way what this page says.
remedy-ended = If you expected another call, ask the convener for its link.
remedy-other-machine = Use the machine that sits on the seat now. If it is not yours, tell the host at once by another way.
remedy-ask-host = Reach the host by another way, then open your link again.
remedy-reload = Load this page again. If that does not help, tell the operator of this server.
remedy-browser = Use a current version of Firefox, Chrome, Edge or Safari.
remedy-https = Open your link with https at its beginning.
remedy-wait = Wait a moment, then try again.
remedy-network = Check your network, then try again.
remedy-operator = Tell the operator of this server. What was stored before is kept.

## What the call tells

device-microphone-denied = The browser was told not to use the microphone. You are not heard until you allow it.
device-microphone-not-found = No microphone was found. Connect one: it is then used by itself.
device-microphone-in-use = Another program holds the microphone. Close that program, then try again.
device-microphone-failed = The microphone does not start. Connect it anew or choose another.
device-microphone-muted = The system has muted your microphone. You are not heard until it is unmuted at its switch, on the keyboard or in the system’s settings.
device-camera-denied = The browser was told not to use the camera. You can enter without a picture.
device-camera-not-found = No camera was found. You can enter without a picture.
device-camera-in-use = Another program holds the camera. Close that program, then try again.
device-camera-failed = The camera does not start. Connect it anew or choose another.
device-camera-muted = The system gives nothing of your camera. Others see your nameplate until its shutter or switch is opened.
device-microphone-lost-replaced = Your microphone was disconnected. { $device } is used now.
device-microphone-lost = Your microphone was disconnected. You are not heard.
device-camera-lost-replaced = Your camera was disconnected. { $device } is used now.
device-camera-lost = Your camera was disconnected. Others see your nameplate.
device-speaker-lost = Your loudspeaker was disconnected. The sound comes from the system’s own.
device-microphone-returned = { $device } is connected again and is your microphone.
device-camera-returned = { $device } is connected again and is your camera.
device-speaker-returned = { $device } is connected again. The sound comes from it.
device-kept = { $wanted } could not be used. { $device } stays in use.
device-speaker-kept = { $wanted } could not be used. The sound comes from the system’s own loudspeaker.
device-insecure-page = Without https the browser gives no camera and no microphone. Open your link with https.
network-checking = The way to the server is being measured.
network-good = The network is good.
network-slow = The network is slow. Your voice will be kept; pictures may pause.
network-offline = The server does not answer. Check your network.
connection-weak-picture-paused = Your connection is weak: { $who }’s picture is paused, the voice is kept.
connection-lost-returning = { $who }: lost at { $since }, returning
own-connection-weak = Your connection is weak. Pictures may pause; your voice is kept.
own-connection-unheard = Your voice does not reach the server. The connection is being set up again.
signal-reconnecting = The server does not answer. Your seat is kept, and you return by yourself.
server-restarting = The server is restarting. Your seat is kept, and you return by yourself.
media-reconnecting = Sound and pictures are being set up again.
media-failed = Sound and pictures do not come through this network. Try another network, or ask its administrator.
seat-claimed = Another machine asks for your seat with your link. The host was asked. If it is not you, tell the host.
microphone-closed-for = Your microphone was closed to make room for { $who }.
microphone-muted-by = { $who }, a host, muted you. You can unmute yourself at any time.
microphones-full = All microphones are taken. To be heard, ask one of these to mute: { $who }.
doors-closed-now = The doors are now closed.
doors-open-now = The doors are now open.
floor-given-to = { $who } has the floor.
floor-given-to-you = You have the floor.
screen-share-failed = The screen could not be shared. Try again.
screen-share-denied = The screen is not shared: the browser or the system did not allow it.
screen-share-taken = { $who } shares a screen already. Ask them to stop first.
screen-share-taken-over = { $who } shares a screen now. Your sharing has stopped.
not-permitted = Your seat may not do this.
wrong-state = This is no longer possible: something changed in the meantime.
too-fast = That was too quick. Wait a moment, then try again.
server-trouble = The server could not do this. Try again.
action-try-again = Try again
action-turn-on = Turn on
action-choose-device = Choose a device
action-reload = Load the page again

## Convening

convene-tab = Convening
convene-key-title = Convene a call
convene-key-text = The convener key shows that you may convene calls on this server. The operator gives it to you.
convene-key-label = Convener key
convene-key-hint = 43 letters, digits, dashes and underscores. It is kept in this tab only.
convene-key-enter = Continue
convene-key-checking = Checking the key
convene-key-forget = Forget the key
convene-key-malformed = A convener key has 43 letters, digits, dashes and underscores. Copy it whole.
convene-key-unknown = This server does not know this key. Ask the operator for a valid one.
convene-offline = The server does not answer. Check your network, then try again.
convene-plan-refused = The server did not accept the call: { $why }
convene-call-gone = This call no longer exists.
convene-call-exists = A call with this number exists already. Create it once more.
convene-full = There is no room for more with this key. Delete calls that are over, then try again.
convene-host-link-other = This is no link to this call on this server. Copy the host’s link whole.
convene-host-link-seat = This link opens one seat only. The host’s link, with #host. in it, opens names and links.
convene-host-link-damaged = This link was cut or changed on its way. Copy the host’s link whole.
convene-too-fast = Too many attempts in a short time. Wait a moment, then try again.
convene-server-trouble = The server could not do this, and nothing was changed. Try again, or tell the operator.
convene-text-empty = Write something here.
convene-text-too-long = At most { $max } letters: { $over } too many.
convene-text-heavy = The letters here have more marks than writing needs. Type it anew.
convene-text-unsafe = This has a character that cannot be shown safely. Type it anew.
convene-no-host = No seat is the host’s. Mark one with “Host”.
convene-observer-host = An observer cannot be the host.
convene-same-name = Delegation { $other } has this short name too. Give each its own.
convene-no-seat = Every delegation needs a seat.
convene-too-few-seats = A call has at least two seats.
convene-too-many-seats = A call has at most { $max } seats.
convene-too-many-delegations = A call has at most { $max } delegations.
convene-texts-together = The names and titles are too long together. Shorten the longest.
convene-minutes-wrong = Write whole minutes, from 1 to 1440.
convene-start-wrong = Give a whole date and time before the year 10000, or leave this empty.
convene-start-skipped = Clocks in this time zone are set forward and skip this time. Choose another.
convene-zone-missing = Say in which time zone the call begins.
convene-zone-unknown = There is no time zone of this name. Choose one from the list, such as Europe/Brussels.
calls-title = Your calls
calls-loading = The calls are being fetched.
calls-empty = You have not convened a call yet.
calls-empty-more = A call needs a title, its delegations and their seats. You then hand each seat its link.
calls-back = All calls
call-title-sealed = Title sealed: this browser does not hold this call’s secret
call-of = Call of { $time }
call-new = New call
call-new-text = The order of delegations is their order of precedence: on screen, in lists, at the table.
call-convened-at = Convened { $time }
call-starts-at = Begins { $time }
call-size = { $delegations ->
    [one] { $delegations } delegation
   *[other] { $delegations } delegations
  }, { $seats ->
    [one] { $seats } seat
   *[other] { $seats } seats
  }
phase-convened = Convened
phase-open = Open
phase-adjourned = Ended
form-title = Title of the call
form-title-hint = Everybody in the call reads it.
form-format = Format
form-format-video = Video and voice
form-format-voice = Voice only
form-start = Begins
form-start-hint = By the clocks of the time zone given here. May stay empty.
form-start-own = By your own clock: { $time }.
form-start-past = By your own clock: { $time }. This is in the past.
form-zone = In the time zone
form-zone-hint = Type a city, or choose from the list.
form-minutes = Length in minutes
form-minutes-hint = From 1 to 1440. May stay empty.
form-delegations = Delegations and seats
form-delegations-text = In order of precedence. At least one seat is the host’s: the host admits the others.
form-create = Convene the call
form-sending = The call is being convened
form-alike = Looks the same as: { $field }. Go on if that is meant.
form-mistakes =
    { $count ->
        [one] One thing is to be mended
       *[other] { $count } things are to be mended
    }
form-refused =
    { $count ->
        [one] The call was not convened: one thing is to be mended.
       *[other] The call was not convened: { $count } things are to be mended.
    }
form-draft-kept = What you write is kept in this browser, names too, until the call is convened or you discard it.
form-draft-continued = This is the draft you left here. It is kept in this browser, names too, until the call is convened or you discard it.
form-draft-not-kept = This browser keeps nothing: a reload loses what you write here.
form-draft-discard = Discard the draft
form-draft-discard-ask = Discard this draft?
form-draft-discard-text = All that is written in this form is deleted, here and in this browser.
form-draft-discarded = The draft is discarded.
delegation-numbered = Delegation { $number }
delegation-name = Name
delegation-short = Short name
delegation-short-hint = For nameplates. Empty: the full name.
delegation-short-wanted = The full name is long for a nameplate: a short one reads better.
delegation-zone = Time zone
delegation-zone-hint = For the time in its links. May stay empty.
delegation-add = Add a delegation
seat-numbered = Seat { $number }
seat-name = Name of the person
seat-title = Title of the person
seat-kind = Sits as
seat-host = Host
seat-add = Add a seat
seat-add-to = to { $what }
move-up = Move { $what } up
move-down = Move { $what } down
moved-to = { $what } is now number { $place } of { $count }.
remove-from-form = Remove { $what }
removed-from-form = { $what } was removed.
links-title = Links to hand out
links-text = Each link opens one seat, for whoever holds it. Send each to its person alone, by a way you trust.
links-not-held = Names and links were made in the browser that convened this call, and the secret that opens them never reached the server. So this browser does not have them, and the server cannot show them. The host’s link carries that secret: paste it here, and this browser shows and keeps them too.
unlock-label = The host’s link of this call
unlock-hint = It was shown above the others, and its last part begins with #host.
unlock-do = Show names and links
links-copy-all = Copy all links
links-hosts =
    { $count ->
        [one] Host: { $who }
       *[other] Hosts: { $who }
    }
link-of = Link of { $who }
link-time-there = There: { $time }
link-of-host = A host’s seat: send this link if somebody else than you sits there and presides.
link-new = New link
link-new-for = New link for { $who }
link-new-text = The present link stops working at once and for good. The new one opens the same seat; the host then admits who comes with it, a seat that was removed included.
link-new-do = Make a new link
copy = Copy
copy-link-of = Copy the link of { $who }
copied = Copied
copy-failed = The browser did not copy. Select the link and copy it by hand.
host-link-title = Your own link, as the host
host-link-text = Yours alone. It opens the host’s seat and can derive every other link of this call: never pass it on.
host-link-or-seat = If somebody else is to preside, send them the link of their seat from the list below, never this one.
host-link-copy = Copy the host’s link
host-link-open = Open the host’s seat
call-end-title = End or delete
call-end = End the call
call-delete = Delete the call
call-end-ask = End “{ $call }”?
call-end-text = Everybody at the table leaves at once, and the links stop working. The call stays in your list.
call-end-do = End the call
call-delete-ask = Delete “{ $call }”?
call-delete-text = The call ends if it is open, and this server forgets it. This cannot be undone.
call-delete-do = Delete the call
