# Bildschirme von Incamera, Deutsch. Wörter: Gespräch, Delegation, Platz, Vorzimmer, Türen, Wort.

## Überall

product = Incamera
tab-title = { $page } · Incamera
who = { $short }, { $name }
who-more = { $who } und { $more } weitere
language = Sprache
close = Schließen
cancel = Abbrechen
dismiss = Ausblenden
settings = Einstellungen
on = ein
off = aus
you = Sie
microphone = Mikrofon
camera = Kamera
speaker = Lautsprecher
rehearsal = Probe
rehearsal-why = Die übrigen Plätze sind mit künstlichen Teilnehmern besetzt.
rehearsal-full = Probe: Die übrigen Plätze sind mit künstlichen Teilnehmern besetzt.
host = Gastgeber
kind-principal = Delegationsleitung
kind-staff = Mitarbeit
kind-interpreter = Dolmetschen
kind-observer = Beobachtung
presence-absent = Nicht hier
presence-waiting = Im Vorzimmer
presence-seated = Am Tisch
presence-lost = Verbindung unterbrochen, Platz bleibt frei
presence-removed = Entfernt

## Startseite und Öffnen

home-tab = Gespräche zwischen Delegationen
home-title = Video- und Sprachgespräche zwischen Delegationen
home-text = Wer einberuft, benennt die Delegationen und übergibt für jeden Platz einen Link. Link und Browser genügen: kein Konto, keine Installation.
home-link-title = Sie haben einen Link
home-link-label = Link zu Ihrem Platz
home-link-hint = Fügen Sie ihn ein, wie Sie ihn erhalten haben. Er gehört nur Ihnen: Geben Sie ihn nicht weiter.
home-link-open = Öffnen
home-convene-title = Sie berufen ein Gespräch ein
home-convene-text = Benennen Sie die Delegationen und ihre Plätze und verteilen Sie dann die Links. Dafür brauchen Sie einen Einberufungsschlüssel vom Betreiber dieses Servers.
home-convene-go = Gespräch einberufen
opening-title = Ihr Platz wird geöffnet
opening-text = Der Link wird geprüft. Einen Augenblick bitte.
other-tab-title = Dieses Gespräch ist in einem anderen Tab geöffnet
other-tab-text = Ein Platz wird immer nur von einem Tab eingenommen. Kehren Sie zum anderen Tab zurück, oder nehmen Sie den Platz hier ein: Der andere Tab gibt ihn dann frei.
other-tab-use-here = Platz in diesem Tab einnehmen

## Vor dem Eintreten

green-room-seen = Was andere sehen
green-room-ready = Bevor Sie eintreten
they-see-you-as = So wird man Sie sehen
picture-none = Ihr Platz hat in diesem Gespräch kein Bild.
picture-asking = Ihr Bild ist noch nicht da. Erlauben Sie die Kamera, wenn der Browser fragt.
picture-off-own = Ihre Kamera ist aus. Andere sehen Ihr Namensschild.
level = Ihr Mikrofon hört
level-say-something = Sagen Sie einige Worte: Die Lampen sollten sich bewegen.
level-off = Ihr Mikrofon ist aus. Sie können es am Tisch öffnen.
speaker-test = Prüfung des Lautsprechers
speaker-play = Ton abspielen
speaker-playing = Ein Ton wird abgespielt.
speaker-asking = Haben Sie den Ton gehört?
speaker-yes = Ja, gehört
speaker-no = Nein
speaker-heard = Sie haben den Ton gehört: Der Lautsprecher geht.
speaker-unheard = Stellen Sie den Ton lauter, oder wählen Sie einen anderen Lautsprecher, und spielen Sie den Ton noch einmal ab.
speaker-failed = Dort ließ sich kein Ton abspielen. Wählen Sie einen anderen Lautsprecher, und spielen Sie den Ton noch einmal ab.
observer-explained = Sie beobachten: Sie sehen und hören das Gespräch, und niemand sieht oder hört Sie.
format-video = Videogespräch
format-voice = Sprachgespräch
minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
  }
now-is = Es ist jetzt { $time }
device-microphone-numbered = Mikrofon { $number }
device-camera-numbered = Kamera { $number }
device-speaker-numbered = Lautsprecher { $number }
permission-title = Wo Sie es in diesem Browser erlauben
permission-chromium-1 = Klicken Sie in der Adressleiste auf das Zeichen links neben der Adresse.
permission-chromium-2 = Schalten Sie „Kamera“ und „Mikrofon“ ein.
permission-chromium-3 = Kehren Sie hierher zurück und wählen Sie „Erneut versuchen“.
permission-firefox-1 = Klicken Sie in der Adressleiste auf die durchgestrichene Kamera oder das durchgestrichene Mikrofon.
permission-firefox-2 = Entfernen Sie den Vermerk „Blockiert“ mit dem kleinen Kreuz daneben.
permission-firefox-3 = Kehren Sie hierher zurück, wählen Sie „Erneut versuchen“ und dann „Erlauben“.
permission-safari-1 = Wählen Sie im Menü „Safari“ den Eintrag „Einstellungen für diese Website“. Auf einem Telefon tippen Sie auf das Zeichen links neben der Adresse.
permission-safari-2 = Stellen Sie Kamera und Mikrofon auf „Erlauben“.
permission-safari-3 = Kehren Sie hierher zurück und wählen Sie „Erneut versuchen“.
permission-other-1 = Öffnen Sie die Einstellungen Ihres Browsers für diese Website, meist neben der Adresse.
permission-other-2 = Erlauben Sie Kamera und Mikrofon.
permission-other-3 = Kehren Sie hierher zurück und wählen Sie „Erneut versuchen“.
enter-antechamber = Vorzimmer betreten
take-your-seat = Platz nehmen
entering = Einen Augenblick

## Bereit oder nicht

ready-title = Bereit oder nicht
ready-open = Wer ist bereit
ready-text-own = Was diese Seite über dieses Gerät und sein Netz herausgefunden hat. Die Gastgeber sehen es auch; Ihre Stimme und Ihr Bild sind nicht dabei.
ready-text-host = Was die Seite jedes Platzes vor dem Gespräch herausgefunden hat, wie sie selbst sagt. Stimme und Bild sind nicht dabei.
ready-light-go = Bereit
ready-light-caution = Vorsicht
ready-light-nogo = Nicht bereit
ready-light-unchecked = Noch nicht geprüft
ready-own-go = Dieses Gerät und sein Netz sind bereit für das Gespräch.
ready-own-caution = Sie können teilnehmen. Etwas könnte besser sein: siehe unten.
ready-own-nogo = Vor dem Gespräch muss etwas in Ordnung gebracht werden: siehe unten.
ready-own-unchecked = Noch ist nicht alles geprüft.
ready-measuring = Das Netz wird gemessen. Das dauert etwa zehn Sekunden.
ready-again = Noch einmal prüfen
ready-nothing-said = Dieser Platz hat noch nichts gemeldet.
ready-in-green-room = In der Vorbereitung
ready-some-unchecked = Noch nicht geprüft: { $what }
ready-count = { $light }: { $count }
ready-way = Weg zum Server
ready-up = Senden
ready-down = Empfangen
ready-loss = Unterwegs verloren
ready-delay = Verzögerung
ready-microphone = Mikrofon
ready-speaker = Lautsprecher
ready-camera = Kamera
ready-clock = Uhr des Geräts
ready-sealing = Versiegelung
ready-page = Seite
ready-figure-udp = direkt (UDP)
ready-figure-tcp = nur TCP
ready-figure-nothing = kein Durchkommen
ready-figure-rate = { $mbits } Mbit/s
ready-figure-loss = { $percent } %
ready-figure-delay = { $ms } ms
ready-figure-works = geht
ready-figure-off = ausgeschaltet
ready-figure-denied = nicht erlaubt
ready-figure-not-found = nicht gefunden
ready-figure-in-use = von anderem Programm belegt
ready-figure-failed = geht nicht
ready-figure-muted = vom System stummgeschaltet
ready-figure-no-sound = noch kein Ton
ready-figure-heard = gehört
ready-figure-unheard = nicht gehört
ready-figure-clock = richtig
ready-figure-clock-ahead = geht { $seconds } s vor
ready-figure-clock-behind = geht { $seconds } s nach
ready-figure-page-current = die jetzige des Servers
ready-figure-page-old = nicht die jetzige des Servers
ready-figure-page-other = anderer Code als Ihre Seite
ready-advice-tcp = Dieses Netz sperrt UDP, daher können Ton und Bild stocken. Bitten Sie die Verwaltung des Netzes, UDP zu diesem Server zu erlauben, oder nehmen Sie ein anderes Netz.
ready-advice-nothing = Ton und Bild kommen durch dieses Netz nicht hindurch. Nehmen Sie ein anderes, etwa das eines Mobiltelefons, oder fragen Sie die Verwaltung des Netzes.
ready-advice-up = Es kann nur wenig gesendet werden: andere sehen vielleicht ein grobes Bild. Nehmen Sie Kabel statt Funk und beenden Sie Uploads.
ready-advice-up-none = Nicht einmal eine Stimme kommt zum Server durch. Nehmen Sie ein anderes Netz.
ready-advice-down = Es kann nur wenig empfangen werden: Bilder können stehen bleiben, die Stimmen bleiben. Nehmen Sie Kabel statt Funk und beenden Sie Downloads.
ready-advice-down-none = Nicht einmal eine Stimme kommt vom Server zurück. Nehmen Sie ein anderes Netz.
ready-advice-loss = Unterwegs geht zu viel verloren, daher können Wörter fehlen. Gehen Sie näher an den Funkzugang, oder nehmen Sie ein Kabel.
ready-advice-delay = Der Weg ist lang: warten Sie vor einer Antwort einen Augenblick. Ein Kabel oder ein Netz ohne Umweg verkürzt ihn.
ready-advice-microphone-off = Schalten Sie das Mikrofon ein, um es zu prüfen.
ready-advice-microphone-denied = Erlauben Sie das Mikrofon in den Einstellungen des Browsers für diese Seite.
ready-advice-microphone-not-found = Schließen Sie ein Mikrofon an: ohne eines hört Sie niemand.
ready-advice-microphone-in-use = Beenden Sie das andere Programm, das das Mikrofon benutzt, und prüfen Sie noch einmal.
ready-advice-microphone-failed = Schließen Sie das Mikrofon neu an, oder wählen Sie ein anderes.
ready-advice-microphone-muted = Schalten Sie das Mikrofon an seinem Schalter, auf der Tastatur oder in den Einstellungen des Systems wieder ein.
ready-advice-microphone-no-sound = Sagen Sie etwas. Ändert sich nichts, wählen Sie ein anderes Mikrofon, oder stellen Sie es in den Einstellungen des Systems lauter.
ready-advice-speaker-untested = Spielen Sie den Ton ab, um ihn zu prüfen.
ready-advice-speaker-unheard = Stellen Sie den Ton lauter, oder wählen Sie einen anderen Lautsprecher, und spielen Sie den Ton noch einmal ab.
ready-advice-camera-off = Schalten Sie die Kamera ein, um sie zu prüfen.
ready-advice-camera-denied = Erlauben Sie die Kamera in den Einstellungen des Browsers für diese Seite, oder nehmen Sie ohne Bild teil.
ready-advice-camera-not-found = Schließen Sie eine Kamera an, oder nehmen Sie ohne Bild teil.
ready-advice-camera-in-use = Beenden Sie das andere Programm, das die Kamera benutzt, und prüfen Sie noch einmal.
ready-advice-camera-failed = Schließen Sie die Kamera neu an, oder wählen Sie eine andere.
ready-advice-camera-muted = Öffnen Sie die Blende der Kamera, oder erlauben Sie die Kamera in den Einstellungen des Systems.
ready-advice-clock = Stellen Sie die Uhr des Geräts, am besten von selbst über das Netz: Einladungen und Schlüssel tragen ein Datum.
ready-advice-sealing = Dieser Browser kann Ton und Bild nicht versiegeln. Nehmen Sie eine aktuelle Version von Firefox, Chrome, Edge oder Safari.
ready-advice-page = Der Server gibt eine neuere Seite aus. Laden Sie diese Seite neu.
ready-advice-code = Die Seite dieses Platzes und Ihre sind nicht dieselbe. Beide sollten neu geladen werden; sind sie dann noch verschieden, sagen Sie es dem Betreiber.

## Vorzimmer

antechamber = Vorzimmer
antechamber-asking = Dem Gastgeber wird mitgeteilt, dass Sie da sind.
antechamber-waiting = Der Gastgeber wird Sie einlassen.
antechamber-waiting-more = Sie müssen nichts tun. Diese Seite wechselt von selbst, sobald Sie eingelassen sind.
antechamber-no-host = Noch ist kein Gastgeber da. Wer kommt, erfährt sofort, dass Sie warten. Sie müssen nichts tun.
antechamber-doors-closed = Die Türen sind geschlossen.
antechamber-doors-closed-more = Der Gastgeber weiß, dass Sie warten, und kann Sie einlassen, sobald die Türen wieder offen sind. Sie müssen nichts tun.
antechamber-occupied = Ihr Platz wird auf einem anderen Gerät genutzt.
antechamber-occupied-more = Der Gastgeber wurde gefragt, ob Ihr Platz hierher wechseln soll. Ist das andere Gerät Ihres, können Sie das Gespräch auch dort verlassen.
antechamber-free = Das andere Gerät mit Ihrem Platz ist fort.
antechamber-free-more = Es ist kein anderer Gastgeber da, der gefragt werden könnte. In wenigen Sekunden gehört der Platz Ihnen, und das Gespräch geht neu versiegelt weiter.
antechamber-since = Sie warten seit { $time }.
antechamber-unheard = Noch sieht und hört Sie niemand.
antechamber-back = Zurück

## Tisch

controls = Bedienung
table-seats = Plätze am Tisch
announcements = Ankunft und Abschied
doors-are-open-more = Die Türen sind offen: Sie können einlassen, wer wartet.
doors-are-closed-more = Die Türen sind geschlossen: Niemand Neues wird eingelassen. Wer eingelassen war, kann zurückkehren.
doors-close = Türen schließen
doors-open = Türen öffnen
seated-of = { $seated } von { $seats } am Tisch
clock-own = Ihre Zeit:
clock-elapsed = Dauer:
mute = Mikro aus
unmute = Mikro an
whisper = Nur Delegation
camera-stop = Kamera aus
camera-start = Kamera an
share = Teilen
share-stop = Teilen beenden
sharing-now = Sie teilen Ihren Bildschirm: Alle am Tisch sehen ihn.
people = Personen
people-close = Personenliste schließen
leave = Verlassen
key-mute = Mikrofon aus, ein
key-whisper = Nur zur eigenen Delegation sprechen, wieder zum Tisch
key-camera = Kamera ein, aus
key-share = Bildschirm teilen
key-text = Texte
key-people = Personen
key-doors = Türen schließen, öffnen
key-antechamber = Vorzimmer
key-leave = Verlassen
shortcuts-on = Einzelne Tasten wirken als Kürzel
muted = stumm
mic-open = Mikrofon offen
speaking = spricht
whispers = nur zu Ihrer Delegation
muted-but-speaking = Sie sind stumm, sprechen aber. Wählen Sie „Mikro an“, um gehört zu werden.
whispering = Nur Ihre Delegation hört Sie.
whispering-unheard = Derzeit hört Sie niemand, weder Ihre Delegation noch der Tisch.
sound-blocked = Ihr Browser hält den Ton zurück, bis Sie klicken.
sound-hear = Gespräch hören
alone = Noch ist niemand sonst am Tisch.
observers = { $count ->
    [one] und { $count } Beobachtung: { $who }
   *[other] und { $count } Beobachtungen: { $who }
  }
observer-state = { $who } ({ $state })
has-floor = Hat das Wort
screen-of = Bildschirm
pin = { $who } groß zeigen
pinned = angeheftet
unpin = Zurück zu allen Plätzen
floor-give = { $who } das Wort erteilen
floor-take = { $who } das Wort entziehen
large-pinned = Groß: Ihre Wahl
large-screen = Groß: ein geteilter Bildschirm
large-floor = Groß: wer das Wort hat
tile-loading = Das Bild kommt gleich
tile-paused = Bild angehalten, Stimme bleibt
tile-still = Das Bild steht still
tile-absent = noch nicht hier
tile-lost = unterbrochen um { $time }, kehrt zurück
tile-shown-large = Groß gezeigt
pages = Seiten mit Plätzen
page-previous = Vorige Seite
page-next = Nächste Seite
page-range = { $first } bis { $last } von { $count }
search-seats = Platz suchen
search-none = Kein Platz mit diesem Namen
announce-arrived = { $who } ist eingetroffen.
announce-admitted = { $who } ist eingetroffen, eingelassen von { $by }.
announce-returned = { $who } ist zurück.
announce-lost = Die Verbindung zu { $who } ist unterbrochen. Der Platz bleibt frei.
announce-departed = { $who } ist gegangen.
announce-waiting = { $who } wartet im Vorzimmer.
announce-waiting-many = { $count } warten im Vorzimmer: { $who }.
announce-text = { $who } hat an alle geschrieben.
announce-text-own = { $who } hat nur an { $to } geschrieben.
announce-circle-asks = { $who } bittet um Einlass in den Kreis von { $to }.

## Wie das Gespräch versiegelt ist

sealed-short = Versiegelt: Der Server befördert dieses Gespräch und kann es nicht öffnen.
sealed-calls = Versiegelt: Der Server befördert Gespräche und kann sie nicht öffnen.
seal-doors-closed = Die Türen sind geschlossen.
seal-doors-open = Die Türen sind offen.
seal-doors-unknown = Noch hat kein Gastgeber gesagt, ob die Türen offen sind.
seal-verified = { $verified } von { $members } geprüft.
seal-entering = Sie werden in das versiegelte Gespräch eingelassen.
seal-recovering = Das Gespräch wird neu versiegelt.
seal-unconfirmed = Ein Gastgeber bestätigt Ihren Platz.
seal-no-answer = Der Server antwortet nicht.
seal-joining = { $who } { $count ->
    [one] tritt
   *[other] treten
  } ein.
seal-silent = { $who } { $count ->
    [one] gibt
   *[other] geben
  } kein Lebenszeichen.
seal-absent = { $who } { $count ->
    [one] ist
   *[other] sind
  } nicht erreichbar.
seal-unproven = Verbindung: Ton und Bild von { $who } lassen sich gerade nicht belegen. { $count ->
    [one] Dieser Platz wird
   *[other] Diese Plätze werden
  } bis dahin zurückgehalten.
seal-unverified = { $who } { $count ->
    [one] ist
   *[other] sind
  } nicht geprüft.
seal-starved = { $who } { $count ->
    [one] sendet
   *[other] senden
  }, und nichts davon kommt hier an.
seal-code-differs = { $who } { $count ->
    [one] führt
   *[other] führen
  } anderen Code aus als diese Seite.
seal-no-host = Seit einem Augenblick hat kein Gastgeber geantwortet.
seal-unsure = Gerade lässt sich nicht alles prüfen.
seal-stopped = Angehalten: Was die anderen Plätze melden, passt nicht zu dem, was Sie sehen.
seal-stopped-no-host = Angehalten: seit 15 Sekunden kein Zeichen eines Gastgebers.
seal-stopped-unanswered = Zurzeit wird nichts gesendet: seit 15 Sekunden hat niemand geantwortet.
seal-removal-withheld = Der Ausschluss von { $who } wird vom Server zurückgehalten: Von Ihnen wird nichts gesendet, bis { $count ->
    [one] dieser Platz
   *[other] diese Plätze
  } draußen { $count ->
    [one] ist
   *[other] sind
  }.
seal-wrong = Etwas in diesem Gespräch ist nicht, wie es sein soll.
seal-bad-plan = Die Liste der Plätze, die der Server gab, ist nicht die, welche die einberufende Stelle unterschrieben hat.
seal-removed = Ein Gastgeber hat Ihren Platz entfernt.
seal-forged = Ton oder Bild unter dem Namen { $who } war gefälscht. Das Gefälschte wurde verworfen; was { $count ->
    [one] dieser Platz wirklich sendet
   *[other] diese Plätze wirklich senden
  }, läuft weiter.
seal-different = { $who } { $count ->
    [one] sieht andere Wörter: Dieser Platz ist
   *[other] sehen andere Wörter: Diese Plätze sind
  } angehalten.
seal-device-changed = { $who } { $count ->
    [one] hat
   *[other] haben
  } das Gerät gewechselt.
seal-recovered = { $who } { $count ->
    [one] hat
   *[other] haben
  } das Gespräch neu versiegelt.
seal-recovered-anyone = Das Gespräch wurde neu versiegelt.
sealing-verified = Geprüft
sealing-joining = Tritt ein
sealing-silent = Kein Lebenszeichen
sealing-absent = Nicht erreichbar
sealing-unproven = Verbindung: gerade nicht belegt, bis dahin zurückgehalten
sealing-forged = Jemand hat Ton oder Bild gefälscht: verworfen, nur Belegtes läuft
sealing-different = Angehalten: sieht andere Wörter
sealing-changed = An einem anderen Gerät, noch nicht angenommen
sealing-unverified = Nicht geprüft
tile-sealing-joining = tritt ein
tile-sealing-absent = nicht erreichbar
tile-sealing-unproven = Verbindung: nicht belegt
tile-sealing-forged = Gefälschtes verworfen
tile-sealing-different = angehalten: andere Wörter
tile-sealing-changed = anderes Gerät
tile-sealing-unverified = nicht geprüft
sending-unconfirmed-picture = Ihre Stimme und Ihr Bild werden noch nicht gesendet: Ein Gastgeber bestätigt Sie gerade.
sending-unconfirmed-voice = Ihre Stimme wird noch nicht gesendet: Ein Gastgeber bestätigt Sie gerade.
sending-stopped-picture = Ihre Stimme und Ihr Bild werden jetzt nicht gesendet. Es geht von selbst weiter, sobald dies geklärt ist.
sending-stopped-voice = Ihre Stimme wird jetzt nicht gesendet. Es geht von selbst weiter, sobald dies geklärt ist.
device-changed-ask = { $who } ist an einem anderen Gerät zurückgekehrt. Von diesem Platz ist hier nichts zu sehen und zu hören, bis Sie das Gerät annehmen. Fragen Sie die Person zuerst auf einem anderen Weg.
device-accept = Dieses Gerät annehmen
device-accept-who = Dieses Gerät annehmen: { $who }
vouched-title = Wer wen eingelassen hat
vouched-by = Eingelassen von { $who }
code-other = Führt nach eigener Angabe anderen Code aus als diese Seite
how-title = Wie dieses Gespräch versiegelt ist
how-calls = Wie Gespräche versiegelt sind
how-text = Was gesagt, gezeigt oder geschrieben wird, wird auf dem Gerät des Absenders versiegelt und nur auf den Geräten am Tisch geöffnet. Am Tisch zeigt diese Seite auch, wer wen eingelassen hat.
how-now = Jetzt
how-protects = Was geschützt ist
how-protects-content = Stimmen, Bilder, geteilte Bildschirme, Texte sowie Namen und Titel aller Plätze. Der Server und sein Betreiber befördern sie und können sie nicht öffnen.
how-protects-table = Wer am Tisch sitzt. Nur ein Gastgeber lässt jemanden ein, und jedes Gerät am Tisch prüft die Einladung selbst. Der Server kann niemanden zum Mithören hinzufügen.
how-protects-past = Was gesagt wurde, bevor jemand kam, und was gesagt wird, nachdem jemand ging oder entfernt wurde: Diese Person kann es nicht öffnen.
how-protects-stops = Nichts geht unversiegelt hinaus. Wenn etwas nicht stimmt, hört das Senden auf, und die Zeile oben sagt, warum und bei wem.
how-protects-later = Was heute unterwegs aufgezeichnet wird, bleibt auch den Quantencomputern späterer Jahre verschlossen.
how-not = Was nicht geschützt ist
how-not-code = Eine veränderte Seite. Wer den Server betreibt, könnte einem Browser eine veränderte Seite geben und dann hören, was dieser Platz hört.
how-not-device = Ein Gerät, das in fremder Gewalt ist, an irgendeinem Platz.
how-not-film = Ein Telefon, das einen Bildschirm filmt, oder ein Aufnahmegerät neben dem Lautsprecher.
how-not-voice = Eine nachgeahmte Stimme. Der Vergleich der Wörter mit der Stimme schützt davor nicht: Nehmen Sie eine andere Leitung, wenn es darauf ankommt.
how-not-traces = Was der Server sehen muss: welche Plätze verbunden sind, von wo, wann, wie viel sie senden, wann sie stumm sind, welche Bilder sie anfordern.
how-not-delay = Eine Entfernung, die der Server zurückhält. Dann kann der entfernte Platz bis zu 15 Sekunden lang folgen, bis jedes Gerät von selbst anhält.
how-not-link = Ein Link in falschen Händen. Wer ihn hat, kann unter diesem Namen um Einlass bitten; der Gastgeber entscheidet.
how-not-host = Der Link des Gastgebers in falschen Händen. Wer ihn hat, ist die einberufende Stelle; da hilft nur ein neues Gespräch.
how-not-off = Eine Unterbrechung. Wer den Server betreibt, kann jedes Gespräch beenden.
how-not-denial = Abstreiten. Was ein Platz sendet, ist unterschrieben, und ein anderer Platz kann es Dritten zeigen.
how-not-quantum = Fälschung mit einem Quantencomputer während des Gesprächs: Die Unterschriften sind von heutiger Art.
print-title = Kleingedrucktes
print-code = Code dieser Seite
print-group = Gruppe
print-epoch = Epoche
print-sealed = Versiegelte Frames
print-opened = Geöffnete Frames
print-refused = Zurückgewiesene Frames

## Die Wörter des Gesprächs

check-go = Wörter vergleichen
check-why = Sechs Wörter zeigen, ob alle Geräte dieselben Schlüssel haben: Ein Gastgeber liest sie vor, und jeder Platz sagt, ob er dieselben sieht.
check-ask-host = Jeder Gastgeber kann den Vergleich der Wörter verlangen.
check-title = Die Wörter dieses Gesprächs
check-over = Die Wörter wurden verglichen
check-read-out = Lesen Sie die sechs Wörter langsam vor. Jeder Platz sagt dann, ob er dieselben sieht.
check-listen = Der Gastgeber liest sie vor: { $chair }. Sehen Sie dieselben Wörter?
check-words = Wörter
check-language = Sprache der Wörter: { $language }, die des Gastgebers. Die Ziffern sagen dasselbe.
check-left = noch { $time }
check-same = Gleich
check-different = Verschieden
check-different-means = „Verschieden“ hält Ihren Ton und Ihr Bild sofort an, und alle erfahren, dass es Ihr Platz war.
check-own-same = Ihre Antwort: gleich.
check-own-different = Ihre Antwort: verschieden. Ihr Ton und Ihr Bild sind angehalten, und alle haben es erfahren. Erreichen Sie den Gastgeber auf einem anderen Weg.
check-answers = Antworten
check-no-answer = keine Antwort
check-result-different = { $who } { $count ->
    [one] sieht andere Wörter: Ton und Bild dieses Platzes
   *[other] sehen andere Wörter: Ton und Bild dieser Plätze
  } sind angehalten.
check-result-missing = Keine Antwort kam von { $who }.
check-result-all-same = Alle Gefragten sehen dieselben Wörter.
check-result-so-far = { $count ->
    [one] { $count } Antwort steht
   *[other] { $count } Antworten stehen
  } noch aus.
check-cloned = Eine Stimme lässt sich nachahmen, und davor schützt dies nicht: Wenn es darauf ankommt, vergleichen Sie die Wörter über eine andere Leitung.
check-goes-on = Die Wörter dieses Gesprächs werden verglichen.
check-answered = Alle haben geantwortet.
check-compared-at = Die Wörter wurden um { $time } verglichen.
check-show = Wörter zeigen
check-not-now = Die Wörter lassen sich jetzt nicht vergleichen. Versuchen Sie es gleich noch einmal.

## Texte

text = Text
text-to-all = an alle am Tisch
text-close = Texte schließen
text-log = Geschriebenes
text-empty = Noch nichts geschrieben. Alle am Tisch lesen, was hier geschrieben wird; wer später kommt, liest es nicht.
text-since = Texte werden auf keinem Gerät aufbewahrt. Diese Seite zeigt, was seit { $time } geschrieben wurde.
text-gap = Was zwischen { $from } und { $to } geschrieben wurde, kam hier nicht an: Diese Seite war nicht im Gespräch. Fragen Sie die anderen, wenn Sie es brauchen.
text-write = An alle schreiben
text-keys = Eingabe sendet; mit Umschalt beginnt sie eine neue Zeile.
text-left = { $count ->
    [one] noch { $count } Zeichen
   *[other] noch { $count } Zeichen
  }
text-too-long = Höchstens { $max } Zeichen: { $over } zu viel.
text-send = An alle senden
text-waiting = wartet auf das Senden
text-unread = { $count ->
    [one] { $count } neuer Text
   *[other] { $count } neue Texte
  }
text-not-sent = Der Text wurde nicht gesendet. Versuchen Sie es gleich noch einmal.

## Der Kreis der eigenen Delegation: Was an ihn geschrieben wird, lesen nur ihre Plätze. to: die Delegation, kurz

text-choice = Wer es liest
text-tab-all = An alle
text-tab-own = An { $to }
text-log-own = An { $to } Geschriebenes
text-empty-own = Noch nichts geschrieben. Nur wer von { $to } in diesem Kreis ist, liest, was hier geschrieben wird; wer später kommt, liest es nicht.
text-write-own = Nur an { $to } schreiben
text-send-own = An { $to } senden
circle-in = Im Kreis: { $who }
circle-unsure = Auch im Kreis, derzeit nicht geprüft: { $who }
circle-queue = Bitten um Einlass in den Kreis von { $to }: { $count }
circle-admit-who = Einlassen in den Kreis von { $to }: { $who }
circle-opening = Der Kreis von { $to } wird eröffnet. Hat eine andere Leitung ihn begonnen, lässt sie Sie ein.
circle-waits = Der Kreis von { $to } steht Ihnen noch nicht offen: Seine Leitung lässt Sie ein.
circle-headless = Der Kreis von { $to } öffnet, sobald die Leitung der Delegation am Tisch ist.
circle-recovering = Sie sind auf dem Weg zurück in den Kreis von { $to }.
circle-alone = Von { $to } ist noch niemand sonst im Kreis.
circle-unconfirmed = Die Leitung bestätigt Ihren Platz im Kreis von { $to }.
circle-no-head = An { $to } geht derzeit nichts: Die Leitung hat seit einiger Zeit nicht geantwortet.
circle-unanswered = An { $to } geht derzeit nichts: Sonst hat seit einiger Zeit niemand geantwortet.
circle-different = Von Ihnen geht nichts an { $to }: Sie sahen andere Wörter. Wenden Sie sich auf einem anderen Weg an die Leitung.
circle-not-compared = Wörter noch nicht verglichen.
circle-check-go = Jetzt vergleichen
circle-check-title = Die Wörter des Kreises von { $to }
circle-check-read-out = Lassen Sie Ihre Leute diese sechs Wörter vergleichen: im Raum oder am Telefon. Jeder Platz sagt dann, ob er dieselben sieht.
circle-check-listen = Die Leitung hat diese Wörter: { $chair }. Vergleichen Sie sie im Raum oder am Telefon. Sehen Sie dieselben?
circle-check-language = Sprache der Wörter: { $language }, die der Leitung. Die Ziffern sagen dasselbe.
circle-check-different-means = „Verschieden“ hält sofort an, was Sie an den Kreis schreiben, und alle darin erfahren, dass es Ihr Platz war.
circle-check-own-different = Ihre Antwort: verschieden. Von Ihnen geht nichts mehr an den Kreis, und alle darin wissen es. Wenden Sie sich auf einem anderen Weg an die Leitung.
circle-check-result-different = { $who } { $count ->
    [one] sieht andere Wörter: Was dieser Platz
   *[other] sehen andere Wörter: Was diese Plätze
  } an den Kreis { $count ->
    [one] schreibt
   *[other] schreiben
  }, ist angehalten.

## Tisch verlassen, Gespräch beenden

leave-title = Gespräch verlassen?
leave-text = Zum Zurückkehren nutzen Sie Ihren Link erneut: Der Gastgeber muss Sie dann wieder einlassen.
leave-text-host = Das Gespräch geht ohne Sie weiter. Zum Zurückkehren nutzen Sie Ihren Link erneut.
leave-text-waiting = { $count ->
    [one] { $count } Text ist noch nicht gesendet. Er geht verloren, wenn Sie gehen.
   *[other] { $count } Texte sind noch nicht gesendet. Sie gehen verloren, wenn Sie gehen.
  }
leave-stay = Bleiben
leave-go = Gespräch verlassen
end-for-all = Gespräch für alle beenden
end-title = „{ $call }“ für alle beenden?
end-text = { $count ->
    [one] { $count } Platz ist besetzt. Das Gespräch endet sofort, und seine Links gelten nicht mehr.
   *[other] { $count } Plätze sind besetzt. Das Gespräch endet sofort für alle, und seine Links gelten nicht mehr.
  }
end-action = Für alle beenden
leaving-left = Sie haben das Gespräch verlassen.
leaving-ended = Das Gespräch ist beendet.
leaving-removed = Der Gastgeber hat Ihren Platz vom Tisch genommen.
leaving-refused = Der Gastgeber hat Sie nicht eingelassen.
recorded-title = Was über Sie aufgezeichnet wurde
recorded-seat = Platz
recorded-arrival = Ankunft
recorded-departure = Abschied
recorded-length = Dauer am Tisch
recorded-nothing-else = Sonst nichts: kein Bild, keine Stimme, kein gesprochenes Wort.
recorded-nothing = Nichts. Sie haben nicht am Tisch gesessen.
return-title = Zurückkehren
return-left = Ihr Link gilt weiter. Der Gastgeber muss Sie wieder einlassen, außer Sie sind selbst Gastgeber.
return-ended = Dieses Gespräch ist vorbei. Für ein anderes erhalten Sie einen neuen Link von der einberufenden Stelle.
return-removed = Ihr Link gilt nicht mehr. Bitten Sie die einberufende Stelle um einen neuen.
return-refused = Ihr Link gilt weiter. Sprechen Sie den Gastgeber erst auf anderem Weg an und bitten Sie dann erneut um Einlass.
return-go = Zurück zur Vorbereitung

## Personen und Vorzimmer

queue-title = Vorzimmer: { $count }
queue-empty = Niemand wartet.
queue-since = Wartet seit { $time }, { $minutes ->
    [0] weniger als eine Minute
    [one] { $minutes } Minute
   *[other] { $minutes } Minuten
  }
queue-occupied-more = Dieser Platz wird auf einem anderen Gerät genutzt; wer dort sitzt, weiß Bescheid. Mit dem Wechsel verlässt jenes Gerät den Tisch.
claim-verified = mit der Einladung
claim-checking = Die Einladung wird geprüft.
claim-not-a-grant = Kam ohne Einladung zu diesem Gespräch.
claim-wrong-seat = Kam mit der Einladung eines anderen Platzes.
claim-expired = Die Einladung ist abgelaufen. Die einberufende Stelle kann einen neuen Link erstellen.
claim-closed = Der Link zu diesem Platz wurde geschlossen. Die einberufende Stelle kann einen neuen erstellen.
claim-bad-package = Was dieses Gerät sandte, ist beschädigt. Die Seite muss dort neu geladen werden.
claim-wrong-clock = Die Uhr dieses Geräts oder Ihre eigene geht um eine Stunde oder mehr falsch. Stellen Sie sie richtig; dann muss die Seite dort neu geladen werden.
claim-other-device = Hat die Einladung, kommt aber von einem anderen Gerät als zuvor. Fragen Sie die Person zuerst auf einem anderen Weg.
admit-not-verified = { $who } kam nicht mit der Einladung zu diesem Platz und wurde nicht eingelassen.
queue-doors-closed = Die Türen sind geschlossen.
queue-all = Alle { $count } ansehen
knock-tell = Wenn Sie anderswo hinsehen, sagt der Titel dieser Seite, wer wartet. Außerdem:
knock-sound = ein leiser Ton
knock-notice = eine Benachrichtigung des Systems, ohne Namen
knock-notice-impossible = Dieser Browser zeigt für diese Seite keine Benachrichtigungen.
knock-title = ({ $count }) { $call }
knock-waits = Jemand wartet im Vorzimmer.
admit = Einlassen
admit-move = Platz wechseln
admit-who = Einlassen: { $who }
admit-move-who = Platz wechseln: { $who }
admit-all = Alle Geprüften einlassen
refuse = Abweisen
refuse-who = Abweisen: { $who }
remove-who = Entfernen: { $who }
mute-who = Mikrofon ausschalten: { $who }
remove-title = { $who } vom Tisch entfernen?
remove-text = Diese Person geht sofort, und der Link zu diesem Platz wird endgültig geschlossen. Für eine Rückkehr braucht sie einen neuen Link: Für die einberufende Stelle ist das ein Klick.
remove-action = Entfernen

## Fehler, die den Bildschirm eines Gesprächs beenden

error-tab = Das Gespräch kann nicht gezeigt werden
error-code = Für Ihren Betreiber: { $code }
error-bad-link = Das ist kein Link zu einem Platz.
error-link-no-secret = Diesem Link fehlt sein letzter Teil, der nach dem #.
error-link-cut = Dieser Link ist am Ende abgeschnitten.
error-link-changed = Dieser Link wurde unterwegs verändert: Sein letzter Teil ist nicht mehr, was er war.
error-link-several = Hier steht mehr als ein Link.
error-link-elsewhere = Dieser Link gehört zu einem anderen Server.
error-link-exposed = Ein Mailprogramm oder ein Gateway hat diesen Link so verändert, dass sein Geheimnis beim Server angekommen ist. Er öffnet nichts mehr.
error-host-link-exposed = Ein Mailprogramm oder ein Gateway hat diesen Link des Gastgebers so verändert, dass das Geheimnis des ganzen Gesprächs beim Server angekommen ist. Er öffnet nichts mehr.
error-link-wrapped = Dieser Link steckt in der Adresse eines anderen Servers, der damit sein Geheimnis erfahren hat. Er öffnet nichts.
error-host-link-wrapped = Dieser Link des Gastgebers steckt in der Adresse eines anderen Servers, der damit das Geheimnis des ganzen Gesprächs erfahren hat. Er öffnet nichts.
error-paste = Den Link von Hand einfügen
error-unknown-call = Dieser Server kennt dieses Gespräch nicht.
error-unknown-link = Dieser Link öffnet keinen Platz.
error-link-closed = Dieser Link gilt nicht mehr.
error-call-ended = Dieses Gespräch ist beendet.
error-seat-occupied = Ihr Platz wird auf einem anderen Gerät genutzt.
error-refused = Der Gastgeber hat Sie nicht eingelassen.
error-seat-moved = Ihr Platz wird jetzt auf einem anderen Gerät genutzt.
error-unsupported-version = Diese Seite ist älter oder neuer als der Server.
error-server-full = Der Server kann gerade keine weiteren Verbindungen annehmen.
error-storage-unavailable = Der Server kann nicht speichern, was er speichern muss.
error-going-away = Der Server startet neu.
error-internal = Dem Server ist ein Fehler unterlaufen.
error-unreachable = Der Server antwortet nicht.
error-too-fast = Zu viele Versuche in kurzer Zeit.
error-bad-grant = Der Server gab etwas, das nicht zu dieser Einladung gehört.
error-answer-extension = Der Server verlangte Angaben neben Ihrer Stimme und Ihrem Bild, die zeigen, wie laut jemand spricht. Es wurde nichts so gesendet.
error-answer-codec = Der Server verlangte Ihre Stimme oder Ihr Bild in einer Form, deren Größen und Pausen zeigen, was gesagt wird. Es wurde nichts so gesendet.
error-answer-lines = Der Server verlangte von dieser Seite andere Stimmen und Bilder als vereinbart. Es wurde nichts so gesendet.
error-answer-transport = Der Server hat nicht richtig angegeben, wohin und unter welchem Schlüssel Ton und Bilder gehen sollen. Es wurde nichts so gesendet.
error-answer-unknown = Der Server hat etwas über Ton und Bilder gesagt, das zu keinem Gespräch gehört. Es wurde nichts so gesendet.
error-seal-failed = Der Teil dieser Seite, der das Gespräch versiegelt, arbeitet nicht mehr.
error-browser-too-old = Dieser Browser kann das Gespräch nicht führen: Es fehlt { $missing }.
error-insecure-page = Diese Seite wurde ohne https geöffnet. Der Browser gibt ihr deshalb weder Kamera noch Mikrofon.
remedy-ask-for-link = Öffnen Sie den Link genau so, wie Sie ihn erhalten haben, vom ersten bis zum letzten Zeichen. Hilft das nicht, bitten Sie die einberufende Stelle, ihn erneut zu senden.
remedy-ask-for-new-link = Bitten Sie die einberufende Stelle um einen neuen Link.
remedy-one-link = Behalten Sie den für Ihren eigenen Platz und fügen Sie ihn allein ein.
remedy-other-server = Wenn Sie jenem Server vertrauen, öffnen Sie den Link in der Adresszeile.
remedy-renew-link = Bitten Sie die einberufende Stelle um einen neuen Link, auf anderem Weg als diesem. Der neue schließt den alten.
remedy-new-call = Berufen Sie ein neues Gespräch ein und geben Sie dessen Links auf anderem Weg weiter. Löschen Sie dann dieses.
remedy-bad-grant = Machen Sie hier nicht weiter. Fragen Sie die einberufende Stelle auf einem anderen Weg, ob der Link stimmt, und sagen Sie ihr, was diese Seite meldet.
remedy-bad-answer = So verhält sich kein Incamera-Server. Versuchen Sie es einmal noch; meldet die Seite dasselbe, machen Sie hier nicht weiter und sagen Sie der einberufenden Stelle auf einem anderen Weg, was diese Seite meldet.
remedy-ended = Falls Sie ein anderes Gespräch erwartet haben, bitten Sie die einberufende Stelle um dessen Link.
remedy-other-machine = Nutzen Sie das Gerät, das jetzt den Platz einnimmt. Ist es nicht Ihres, sagen Sie es dem Gastgeber sofort auf anderem Weg.
remedy-ask-host = Sprechen Sie den Gastgeber auf anderem Weg an und öffnen Sie dann Ihren Link erneut.
remedy-reload = Laden Sie diese Seite neu. Hilft das nicht, wenden Sie sich an den Betreiber dieses Servers.
remedy-browser = Nutzen Sie eine aktuelle Version von Firefox, Chrome, Edge oder Safari.
remedy-https = Öffnen Sie Ihren Link mit https am Anfang.
remedy-wait = Warten Sie einen Augenblick und versuchen Sie es dann erneut.
remedy-network = Prüfen Sie Ihr Netz und versuchen Sie es dann erneut.
remedy-operator = Wenden Sie sich an den Betreiber dieses Servers. Was zuvor gespeichert war, bleibt erhalten.

## Was das Gespräch mitteilt

device-microphone-denied = Dem Browser wurde das Mikrofon untersagt. Man hört Sie nicht, bis Sie es erlauben.
device-microphone-not-found = Kein Mikrofon gefunden. Schließen Sie eines an: Es wird dann von selbst genutzt.
device-microphone-in-use = Ein anderes Programm hält das Mikrofon. Schließen Sie dieses Programm und versuchen Sie es dann erneut.
device-microphone-failed = Das Mikrofon startet nicht. Schließen Sie es neu an oder wählen Sie ein anderes.
device-microphone-muted = Das System hat Ihr Mikrofon stummgeschaltet. Man hört Sie erst, wenn es an seinem Schalter, auf der Tastatur oder in den Einstellungen des Systems wieder eingeschaltet wird.
device-camera-denied = Dem Browser wurde die Kamera untersagt. Sie können ohne Bild eintreten.
device-camera-not-found = Keine Kamera gefunden. Sie können ohne Bild eintreten.
device-camera-in-use = Ein anderes Programm hält die Kamera. Schließen Sie dieses Programm und versuchen Sie es dann erneut.
device-camera-failed = Die Kamera startet nicht. Schließen Sie sie neu an oder wählen Sie eine andere.
device-camera-muted = Das System gibt nichts von Ihrer Kamera. Die anderen sehen Ihr Namensschild, bis ihre Blende oder ihr Schalter geöffnet wird.
device-microphone-lost-replaced = Ihr Mikrofon wurde getrennt. Jetzt wird { $device } genutzt.
device-microphone-lost = Ihr Mikrofon wurde getrennt. Man hört Sie nicht.
device-camera-lost-replaced = Ihre Kamera wurde getrennt. Jetzt wird { $device } genutzt.
device-camera-lost = Ihre Kamera wurde getrennt. Andere sehen Ihr Namensschild.
device-speaker-lost = Ihr Lautsprecher wurde getrennt. Der Ton kommt nun aus dem des Systems.
device-microphone-returned = { $device } ist wieder angeschlossen und Ihr Mikrofon.
device-camera-returned = { $device } ist wieder angeschlossen und Ihre Kamera.
device-speaker-returned = { $device } ist wieder angeschlossen. Der Ton kommt von dort.
device-kept = { $wanted } ließ sich nicht verwenden. { $device } bleibt in Gebrauch.
device-speaker-kept = { $wanted } ließ sich nicht verwenden. Der Ton kommt vom Lautsprecher des Systems.
device-insecure-page = Ohne https gibt der Browser weder Kamera noch Mikrofon. Öffnen Sie Ihren Link mit https.
network-checking = Der Weg zum Server wird gemessen.
network-good = Das Netz ist gut.
network-slow = Das Netz ist langsam. Ihre Stimme bleibt; Bilder können anhalten.
network-offline = Der Server antwortet nicht. Prüfen Sie Ihr Netz.
connection-weak-picture-paused = Ihre Verbindung ist schwach: Das Bild von { $who } ist angehalten, die Stimme bleibt.
connection-lost-returning = { $who }: unterbrochen um { $since }, kehrt zurück
own-connection-weak = Ihre Verbindung ist schwach. Bilder können anhalten; Ihre Stimme bleibt.
own-connection-unheard = Ihre Stimme erreicht den Server nicht. Die Verbindung wird neu aufgebaut.
signal-reconnecting = Der Server antwortet nicht. Ihr Platz bleibt frei, und Sie kehren von selbst zurück.
server-restarting = Der Server startet neu. Ihr Platz bleibt frei, und Sie kehren von selbst zurück.
media-reconnecting = Ton und Bild werden neu aufgebaut.
media-failed = Ton und Bild kommen durch dieses Netz nicht hindurch. Versuchen Sie ein anderes Netz oder fragen Sie dessen Verwaltung.
seat-claimed = Ein anderes Gerät bittet mit Ihrem Link um Ihren Platz. Der Gastgeber wurde gefragt. Sind Sie es nicht, sagen Sie es dem Gastgeber.
microphone-closed-for = Ihr Mikrofon wurde geschlossen, um Platz zu machen für { $who }.
microphone-muted-by = { $who } (Gastgeber) hat Ihr Mikrofon ausgeschaltet. Sie können es jederzeit wieder einschalten.
microphones-full = Alle Mikrofone sind vergeben. Um gehört zu werden, bitten Sie jemanden von diesen, sich stumm zu schalten: { $who }.
doors-closed-now = Die Türen sind jetzt geschlossen.
doors-open-now = Die Türen sind jetzt offen.
floor-given-to = { $who } hat das Wort.
floor-given-to-you = Sie haben das Wort.
screen-share-failed = Der Bildschirm konnte nicht geteilt werden. Versuchen Sie es erneut.
screen-share-denied = Der Bildschirm wird nicht geteilt: Der Browser oder das System hat es nicht erlaubt.
screen-share-taken = { $who } teilt bereits einen Bildschirm. Bitten Sie zuerst darum, das zu beenden.
screen-share-taken-over = Jetzt teilt { $who } einen Bildschirm. Ihr Teilen ist beendet.
not-permitted = Ihr Platz darf das nicht.
wrong-state = Das ist nicht mehr möglich: In der Zwischenzeit hat sich etwas geändert.
too-fast = Das war zu schnell. Warten Sie einen Augenblick und versuchen Sie es dann erneut.
server-trouble = Der Server konnte das nicht tun. Versuchen Sie es erneut.
action-try-again = Erneut versuchen
action-turn-on = Einschalten
action-choose-device = Gerät wählen
action-reload = Seite neu laden

## Einberufen

convene-tab = Einberufung
convene-key-title = Gespräch einberufen
convene-key-text = Der Einberufungsschlüssel zeigt, dass Sie auf diesem Server Gespräche einberufen dürfen. Sie erhalten ihn vom Betreiber.
convene-key-label = Einberufungsschlüssel
convene-key-hint = 43 Buchstaben, Ziffern, Binde- und Unterstriche. Er bleibt nur in diesem Tab.
convene-key-enter = Weiter
convene-key-checking = Schlüssel wird geprüft
convene-key-forget = Schlüssel vergessen
convene-key-malformed = Ein Einberufungsschlüssel hat 43 Buchstaben, Ziffern, Binde- und Unterstriche. Kopieren Sie ihn ganz.
convene-key-unknown = Dieser Server kennt diesen Schlüssel nicht. Bitten Sie den Betreiber um einen gültigen.
convene-offline = Der Server antwortet nicht. Prüfen Sie Ihr Netz und versuchen Sie es dann erneut.
convene-plan-refused = Der Server hat das Gespräch nicht angenommen: { $why }
convene-call-gone = Dieses Gespräch gibt es nicht mehr.
convene-call-exists = Ein Gespräch mit dieser Nummer gibt es schon. Legen Sie es noch einmal an.
convene-full = Mit diesem Schlüssel ist kein Platz mehr. Löschen Sie beendete Gespräche und versuchen Sie es noch einmal.
convene-host-link-other = Das ist kein Link zu diesem Gespräch auf diesem Server. Kopieren Sie den Link des Gastgebers ganz.
convene-host-link-seat = Dieser Link öffnet nur einen Platz. Namen und Links öffnet der Link des Gastgebers mit #host. darin.
convene-host-link-damaged = Dieser Link wurde unterwegs gekürzt oder verändert. Kopieren Sie den Link des Gastgebers ganz.
convene-too-fast = Zu viele Versuche in kurzer Zeit. Warten Sie einen Augenblick und versuchen Sie es dann erneut.
convene-server-trouble = Der Server konnte das nicht tun, und nichts wurde geändert. Versuchen Sie es erneut oder fragen Sie den Betreiber.
convene-text-empty = Schreiben Sie hier etwas.
convene-text-too-long = Höchstens { $max } Buchstaben: { $over } zu viel.
convene-text-heavy = Die Buchstaben tragen hier mehr Zeichen, als die Schrift braucht. Geben Sie den Text neu ein.
convene-text-unsafe = Ein Zeichen darin lässt sich nicht gefahrlos anzeigen. Geben Sie den Text neu ein.
convene-no-host = Kein Platz gehört dem Gastgeber. Kreuzen Sie bei einem „Gastgeber“ an.
convene-observer-host = Wer beobachtet, kann nicht Gastgeber sein.
convene-same-name = Delegation { $other } hat diesen Kurznamen auch. Geben Sie jeder einen eigenen.
convene-no-seat = Jede Delegation braucht einen Platz.
convene-too-few-seats = Ein Gespräch hat mindestens zwei Plätze.
convene-too-many-seats = Ein Gespräch hat höchstens { $max } Plätze.
convene-too-many-delegations = Ein Gespräch hat höchstens { $max } Delegationen.
convene-texts-together = Die Namen und Ämter sind zusammen zu lang. Kürzen Sie die längsten.
convene-minutes-wrong = Schreiben Sie ganze Minuten, von 1 bis 1440.
convene-start-wrong = Geben Sie Datum und Uhrzeit ganz an, vor dem Jahr 10000, oder lassen Sie das Feld leer.
convene-start-skipped = In dieser Zeitzone wird die Uhr vorgestellt und überspringt diese Zeit. Wählen Sie eine andere.
convene-zone-missing = Sagen Sie, in welcher Zeitzone das Gespräch beginnt.
convene-zone-unknown = Eine Zeitzone dieses Namens gibt es nicht. Wählen Sie aus der Liste, etwa Europe/Brussels.
calls-title = Ihre Gespräche
calls-loading = Die Gespräche werden geladen.
calls-empty = Sie haben noch kein Gespräch einberufen.
calls-empty-more = Ein Gespräch braucht einen Titel, seine Delegationen und deren Plätze. Danach übergeben Sie für jeden Platz einen Link.
calls-back = Alle Gespräche
call-title-sealed = Titel versiegelt: Dieser Browser hat das Geheimnis dieses Gesprächs nicht
call-of = Gespräch vom { $time }
call-new = Neues Gespräch
call-new-text = Die Reihenfolge der Delegationen ist ihre Rangfolge: auf dem Bildschirm, in Listen, am Tisch.
call-convened-at = Einberufen am { $time }
call-starts-at = Beginn: { $time }
call-size = { $delegations ->
    [one] { $delegations } Delegation
   *[other] { $delegations } Delegationen
  }, { $seats ->
    [one] { $seats } Platz
   *[other] { $seats } Plätze
  }
phase-convened = Einberufen
phase-open = Läuft
phase-adjourned = Beendet
form-title = Titel des Gesprächs
form-title-hint = Alle im Gespräch lesen ihn.
form-format = Form
form-format-video = Bild und Sprache
form-format-voice = Nur Sprache
form-start = Beginn
form-start-hint = Nach den Uhren der hier genannten Zeitzone. Kann leer bleiben.
form-start-own = Nach Ihrer Uhr: { $time }.
form-start-past = Nach Ihrer Uhr: { $time }. Das ist schon vorbei.
form-zone = In der Zeitzone
form-zone-hint = Geben Sie eine Stadt ein, oder wählen Sie aus der Liste.
form-minutes = Dauer in Minuten
form-minutes-hint = Von 1 bis 1440. Kann leer bleiben.
form-delegations = Delegationen und Plätze
form-delegations-text = In der Rangfolge. Mindestens ein Platz gehört dem Gastgeber: Er lässt die anderen ein.
form-create = Gespräch einberufen
form-sending = Das Gespräch wird einberufen
form-alike = Sieht genauso aus wie: { $field }. Fahren Sie fort, wenn das so gemeint ist.
form-mistakes =
    { $count ->
        [one] Eines ist zu berichtigen
       *[other] { $count } Angaben sind zu berichtigen
    }
form-refused =
    { $count ->
        [one] Das Gespräch wurde nicht einberufen: Eines ist zu berichtigen.
       *[other] Das Gespräch wurde nicht einberufen: { $count } Angaben sind zu berichtigen.
    }
form-draft-kept = Was Sie schreiben, auch die Namen, bleibt in diesem Browser, bis das Gespräch einberufen ist oder Sie den Entwurf verwerfen.
form-draft-continued = Das ist Ihr Entwurf von zuvor. Er bleibt in diesem Browser, auch die Namen, bis das Gespräch einberufen ist oder Sie ihn verwerfen.
form-draft-not-kept = Dieser Browser bewahrt nichts auf: Beim Neuladen geht verloren, was Sie hier schreiben.
form-draft-discard = Entwurf verwerfen
form-draft-discard-ask = Diesen Entwurf verwerfen?
form-draft-discard-text = Alles, was in diesem Formular steht, wird gelöscht, hier und in diesem Browser.
form-draft-discarded = Der Entwurf ist verworfen.
delegation-numbered = Delegation { $number }
delegation-name = Name
delegation-short = Kurzname
delegation-short-hint = Für Namensschilder. Leer: der ganze Name.
delegation-short-wanted = Der ganze Name ist lang für ein Namensschild: Ein kurzer liest sich besser.
delegation-zone = Zeitzone
delegation-zone-hint = Für die Uhrzeit bei ihren Links. Kann leer bleiben.
delegation-add = Delegation hinzufügen
seat-numbered = Platz { $number }
seat-name = Name der Person
seat-title = Amt der Person
seat-kind = Aufgabe
seat-host = Gastgeber
seat-add = Platz hinzufügen
seat-add-to = zu { $what }
move-up = { $what } nach oben
move-down = { $what } nach unten
moved-to = { $what } ist jetzt Nummer { $place } von { $count }.
remove-from-form = { $what } entfernen
removed-from-form = { $what } wurde entfernt.
links-title = Links zum Übergeben
links-text = Jeder Link öffnet einen Platz, wer immer ihn hat. Senden Sie jeden nur an die eine Person, auf einem Weg, dem Sie vertrauen.
links-not-held = Namen und Links entstanden in dem Browser, der dieses Gespräch einberufen hat, und das Geheimnis, das sie öffnet, hat den Server nie erreicht. Deshalb hat dieser Browser sie nicht, und der Server kann sie nicht zeigen. Der Link des Gastgebers trägt dieses Geheimnis: Fügen Sie ihn hier ein, dann zeigt und behält auch dieser Browser sie.
unlock-label = Link des Gastgebers dieses Gesprächs
unlock-hint = Er stand über den anderen, und sein letzter Teil beginnt mit #host.
unlock-do = Namen und Links zeigen
links-copy-all = Alle Links kopieren
links-hosts =
    { $count ->
        [one] Gastgeber: { $who }
       *[other] Gastgeber: { $who }
    }
link-of = Link für { $who }
link-time-there = Dort: { $time }
link-of-host = Platz eines Gastgebers: Senden Sie diesen Link, wenn dort jemand anderes als Sie sitzt und das Gespräch leitet.
link-new = Neuer Link
link-new-for = Neuer Link für { $who }
link-new-text = Der bisherige Link gilt sofort und endgültig nicht mehr. Der neue öffnet denselben Platz; wer damit kommt, wird vom Gastgeber eingelassen, auch nach einer Entfernung.
link-new-do = Neuen Link erstellen
copy = Kopieren
copy-link-of = Kopieren: Link für { $who }
copied = Kopiert
copy-failed = Der Browser hat nicht kopiert. Markieren Sie den Link und kopieren Sie ihn von Hand.
host-link-title = Ihr eigener Link als Gastgeber
host-link-text = Nur für Sie. Er öffnet den Platz des Gastgebers, und aus ihm lässt sich jeder andere Link dieses Gesprächs ableiten: Geben Sie ihn nie weiter.
host-link-or-seat = Soll jemand anderes das Gespräch leiten, senden Sie den Link zu dessen Platz aus der Liste unten, nie diesen.
host-link-copy = Link des Gastgebers kopieren
host-link-open = Platz des Gastgebers öffnen
call-end-title = Beenden oder löschen
call-end = Gespräch beenden
call-delete = Gespräch löschen
call-end-ask = „{ $call }“ beenden?
call-end-text = Alle am Tisch gehen sofort, und die Links gelten nicht mehr. Das Gespräch bleibt in Ihrer Liste.
call-end-do = Gespräch beenden
call-delete-ask = „{ $call }“ löschen?
call-delete-text = Ein laufendes Gespräch endet, und dieser Server vergisst es. Das lässt sich nicht rückgängig machen.
call-delete-do = Gespräch löschen
