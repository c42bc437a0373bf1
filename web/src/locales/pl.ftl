# Ekrany Incamera, polski. Słowa: rozmowa, delegacja, miejsce, poczekalnia, drzwi, głos, gospodarz.

## Wszędzie

product = Incamera
tab-title = { $page } · Incamera
who = { $short }, { $name }
language = Język
close = Zamknij
cancel = Anuluj
dismiss = Ukryj
settings = Ustawienia
on = włączone
off = wyłączone
you = Państwo
microphone = Mikrofon
camera = Kamera
speaker = Głośnik
rehearsal = Próba
rehearsal-why = Pozostałe miejsca zajmują uczestnicy syntetyczni.
rehearsal-full = Próba: pozostałe miejsca zajmują uczestnicy syntetyczni.
not-sealed = Bez pieczęci: ten serwer mógłby słuchać
host = Gospodarz
kind-principal = Przewodniczący delegacji
kind-staff = Współpracownik
kind-interpreter = Tłumacz
kind-observer = Obserwator
presence-absent = Nieobecny
presence-waiting = W poczekalni
presence-seated = Przy stole
presence-lost = Połączenie utracone, miejsce zachowane
presence-removed = Usunięty

## Strona główna i otwieranie

home-tab = Rozmowy między delegacjami
home-title = Rozmowy wideo i głosowe między delegacjami
home-text = Organizator wymienia delegacje i przekazuje każdemu miejscu jego łącze. Wystarczy łącze i przeglądarka: bez konta i bez instalacji.
home-link-title = Mają Państwo łącze
home-link-label = Łącze do Państwa miejsca
home-link-hint = Proszę wkleić je tak, jak zostało otrzymane. Należy tylko do Państwa: proszę go nie przekazywać.
home-link-open = Otwórz
home-link-wrong = To nie jest łącze do miejsca na { $host }. Proszę wkleić całe łącze, od pierwszego do ostatniego znaku.
home-convene-title = Zwołują Państwo rozmowę
home-convene-text = Proszę wymienić delegacje i ich miejsca, a potem przekazać łącza. Potrzebny jest klucz organizatora od operatora tego serwera.
home-convene-go = Zwołaj rozmowę
opening-title = Otwieranie Państwa miejsca
opening-text = Łącze jest sprawdzane. Prosimy o chwilę cierpliwości.
other-tab-title = Ta rozmowa jest otwarta w innej karcie
other-tab-text = Miejsce zajmuje jedna karta naraz. Proszę wrócić do tamtej karty albo zająć miejsce tutaj: tamta karta je zwolni.
other-tab-use-here = Zajmij miejsce w tej karcie

## Przed wejściem

green-room-seen = Co zobaczą inni
green-room-ready = Przed wejściem
they-see-you-as = Tak będą Państwa widzieć
picture-none = Państwa miejsce nie ma obrazu w tej rozmowie.
picture-asking = Obrazu jeszcze nie ma. Proszę zezwolić na kamerę, jeśli przeglądarka o to zapyta.
picture-off-own = Kamera jest wyłączona. Inni zobaczą tabliczkę z nazwiskiem.
level = Mikrofon słyszy
level-say-something = Proszę powiedzieć kilka słów: lampki powinny się poruszyć.
level-off = Mikrofon jest wyłączony. Można go włączyć przy stole.
observer-explained = Są Państwo obserwatorem: widzą i słyszą Państwo rozmowę, a nikt Państwa nie widzi ani nie słyszy.
format-video = Rozmowa wideo
format-voice = Rozmowa głosowa
minutes = { $count ->
    [one] { $count } minuta
    [few] { $count } minuty
   *[other] { $count } minut
  }
now-is = Jest teraz { $time }
device-microphone-numbered = Mikrofon { $number }
device-camera-numbered = Kamera { $number }
device-speaker-numbered = Głośnik { $number }
permission-title = Gdzie zezwolić w tej przeglądarce
permission-chromium-1 = Na pasku adresu proszę kliknąć znak po lewej stronie adresu.
permission-chromium-2 = Proszę włączyć „Kamera” i „Mikrofon”.
permission-chromium-3 = Proszę wrócić tutaj i wybrać „Spróbuj ponownie”.
permission-firefox-1 = Na pasku adresu proszę kliknąć przekreśloną kamerę lub mikrofon.
permission-firefox-2 = Proszę usunąć oznaczenie „Zablokowano” małym krzyżykiem obok.
permission-firefox-3 = Proszę wrócić tutaj, wybrać „Spróbuj ponownie”, a potem „Zezwól”.
permission-safari-1 = W menu Safari proszę wybrać „Ustawienia dla tej witryny”. Na telefonie proszę dotknąć znaku po lewej stronie adresu.
permission-safari-2 = Proszę ustawić kamerę i mikrofon na „Pozwalaj”.
permission-safari-3 = Proszę wrócić tutaj i wybrać „Spróbuj ponownie”.
permission-other-1 = Proszę otworzyć ustawienia przeglądarki dla tej witryny, zwykle obok adresu.
permission-other-2 = Proszę zezwolić na kamerę i mikrofon.
permission-other-3 = Proszę wrócić tutaj i wybrać „Spróbuj ponownie”.
enter-antechamber = Wejdź do poczekalni
take-your-seat = Zajmij miejsce
entering = Chwileczkę

## Poczekalnia

antechamber = Poczekalnia
antechamber-asking = Gospodarz jest powiadamiany o Państwa przybyciu.
antechamber-waiting = Gospodarz Państwa wpuści.
antechamber-waiting-more = Nie trzeba nic robić. Ta strona zmieni się sama po wpuszczeniu.
antechamber-doors-closed = Drzwi są zamknięte.
antechamber-doors-closed-more = Gospodarz wie, że Państwo czekają, i może Państwa wpuścić, gdy drzwi znów będą otwarte. Nie trzeba nic robić.
antechamber-occupied = Państwa miejsce jest zajęte na innym urządzeniu.
antechamber-occupied-more = Zapytano gospodarza, czy przenieść Państwa miejsce tutaj. Jeśli tamto urządzenie należy do Państwa, można też opuścić rozmowę tam.
antechamber-since = Czekają Państwo od { $time }.
antechamber-unheard = Nikt Państwa jeszcze nie widzi ani nie słyszy.
antechamber-back = Wróć

## Stół

controls = Sterowanie
table-seats = Miejsca przy stole
announcements = Przybycia i odejścia
doors-are-open = Drzwi są otwarte
doors-are-closed = Drzwi są zamknięte
doors-are-open-more = Drzwi są otwarte: można wpuścić czekających.
doors-are-closed-more = Drzwi są zamknięte: nikt nowy nie wejdzie. Kto został wpuszczony, może wrócić.
doors-close = Zamknij drzwi
doors-open = Otwórz drzwi
seated-of = { $seated } z { $seats } przy stole
clock-own = Państwa czas:
clock-elapsed = Czas trwania:
mute = Wycisz
share = Udostępnij
people = Osoby
people-close = Zamknij listę osób
leave = Wyjdź
key-mute = Wycisz, włącz mikrofon
key-camera = Kamera włączona, wyłączona
key-share = Udostępnij ekran
key-people = Osoby
key-doors = Zamknij, otwórz drzwi
key-antechamber = Poczekalnia
key-leave = Wyjdź
shortcuts-on = Pojedyncze klawisze działają jako skróty
muted = wyciszony
mic-open = mikrofon włączony
speaking = mówi
muted-but-speaking = Mikrofon jest wyciszony, a Państwo mówią. Proszę ponownie wybrać „Wycisz”, aby inni słyszeli.
sound-blocked = Przeglądarka wstrzymuje dźwięk do kliknięcia.
sound-hear = Usłysz rozmowę
alone = Przy stole nie ma jeszcze nikogo innego.
has-floor = Ma głos
screen-of = Ekran
pin = Pokaż w powiększeniu: { $who }
pinned = przypięte
unpin = Wróć do wszystkich miejsc
floor-give = Udziel głosu: { $who }
floor-take = Odbierz głos: { $who }
large-pinned = W powiększeniu: Państwa wybór
large-screen = W powiększeniu: udostępniony ekran
large-floor = W powiększeniu: kto ma głos
tile-loading = Obraz zaraz się pojawi
tile-paused = Obraz wstrzymany, głos zachowany
tile-absent = jeszcze nieobecny
tile-lost = utracone o { $time }, powraca
tile-shown-large = Pokazane w powiększeniu
pages = Strony miejsc
page-previous = Poprzednia strona
page-next = Następna strona
page-range = { $first }–{ $last } z { $count }
search-seats = Znajdź miejsce
search-none = Nie ma miejsca o tej nazwie
announce-arrived = { $who }: przybycie.
announce-returned = { $who }: powrót.
announce-lost = { $who }: utracono połączenie. Miejsce jest zachowane.
announce-departed = { $who }: odejście.
announce-waiting = { $who } czeka w poczekalni.

## Opuszczanie stołu, kończenie rozmowy

leave-title = Opuścić rozmowę?
leave-text = Aby wrócić, proszę ponownie użyć łącza: gospodarz musi wtedy wpuścić Państwa na nowo.
leave-text-host = Rozmowa potrwa dalej bez Państwa. Aby wrócić, proszę ponownie użyć łącza.
leave-stay = Zostań
leave-go = Opuść rozmowę
end-for-all = Zakończ rozmowę dla wszystkich
end-title = Zakończyć „{ $call }” dla wszystkich?
end-text = { $count ->
    [one] Przy stole zajęte jest { $count } miejsce. Rozmowa skończy się natychmiast, a jej łącza przestaną działać.
    [few] Przy stole zajęte są { $count } miejsca. Rozmowa skończy się natychmiast dla wszystkich, a jej łącza przestaną działać.
   *[other] Przy stole zajętych jest { $count } miejsc. Rozmowa skończy się natychmiast dla wszystkich, a jej łącza przestaną działać.
  }
end-action = Zakończ dla wszystkich
leaving-left = Opuścili Państwo rozmowę.
leaving-ended = Rozmowa się skończyła.
leaving-removed = Gospodarz usunął Państwa miejsce od stołu.
leaving-refused = Gospodarz Państwa nie wpuścił.
recorded-title = Co o Państwu zapisano
recorded-seat = Miejsce
recorded-arrival = Przybycie
recorded-departure = Odejście
recorded-length = Czas przy stole
recorded-nothing-else = Nic więcej: ani obrazu, ani głosu, ani jednego wypowiedzianego słowa.
recorded-nothing = Nic. Nie zajęli Państwo miejsca przy stole.
return-title = Powrót
return-left = Łącze nadal działa. Gospodarz musi wpuścić Państwa ponownie, chyba że to Państwo są gospodarzem.
return-ended = Ta rozmowa dobiegła końca. Na inną organizator przyśle nowe łącze.
return-removed = Łącze już nie działa. Proszę poprosić organizatora o nowe.
return-refused = Łącze nadal działa. Proszę najpierw skontaktować się z gospodarzem inną drogą, a potem poprosić ponownie.
return-go = Wróć do przygotowania

## Osoby i poczekalnia

queue-title = Poczekalnia: { $count }
queue-empty = Nikt nie czeka.
queue-waits = czeka w poczekalni.
queue-since = Czeka od { $time }, { $minutes ->
    [0] mniej niż minutę
    [one] { $minutes } minutę
    [few] { $minutes } minuty
   *[other] { $minutes } minut
  }
queue-occupied = prosi o to miejsce z innego urządzenia.
queue-occupied-more = To miejsce jest zajęte na innym urządzeniu. Wpuszczenie przeniesie je do nowo przybyłego.
queue-doors-closed = Drzwi są zamknięte.
queue-all = Pokaż wszystkich: { $count }
admit = Wpuść
admit-move = Przenieś miejsce
admit-who = Wpuść: { $who }
admit-move-who = Przenieś miejsce: { $who }
admit-all = Wpuść wszystkich czekających
refuse = Odmów
refuse-who = Odmów: { $who }
remove-who = Usuń: { $who }
remove-title = Usunąć od stołu: { $who }?
remove-text = Ta osoba odchodzi natychmiast, a jej łącze przestaje działać. Do powrotu potrzebne będzie nowe łącze od organizatora.
remove-action = Usuń

## Błędy, które kończą ekran rozmowy

error-tab = Nie można pokazać rozmowy
error-code = Dla operatora: { $code }
error-bad-link = To łącze nie jest pełne.
error-unknown-call = Ten serwer nie zna takiej rozmowy.
error-unknown-link = To łącze nie otwiera żadnego miejsca.
error-link-closed = To łącze już nie działa.
error-call-ended = Ta rozmowa się skończyła.
error-seat-occupied = Państwa miejsce jest zajęte na innym urządzeniu.
error-refused = Gospodarz Państwa nie wpuścił.
error-seat-moved = Państwa miejsce jest teraz zajęte na innym urządzeniu.
error-unsupported-version = Ta strona jest starsza lub nowsza niż serwer.
error-server-full = Serwer nie może teraz przyjąć więcej połączeń.
error-storage-unavailable = Serwer nie może zapisać tego, co musi.
error-going-away = Serwer uruchamia się ponownie.
error-internal = Serwer popełnił błąd.
error-unreachable = Serwer nie odpowiada.
error-too-fast = Zbyt wiele prób w krótkim czasie.
error-browser-too-old = Ta przeglądarka nie poprowadzi rozmowy: brakuje w niej { $missing }.
error-insecure-page = Tę stronę otwarto bez https, więc przeglądarka nie daje jej kamery ani mikrofonu.
remedy-ask-for-link = Proszę otworzyć łącze dokładnie tak, jak zostało otrzymane, od pierwszego do ostatniego znaku. Jeśli nadal nie działa, proszę poprosić organizatora o ponowne przesłanie.
remedy-ask-for-new-link = Proszę poprosić organizatora o nowe łącze.
remedy-ended = Jeśli oczekiwali Państwo innej rozmowy, proszę poprosić organizatora o jej łącze.
remedy-other-machine = Proszę użyć urządzenia, które zajmuje teraz miejsce. Jeśli nie należy do Państwa, proszę natychmiast powiadomić gospodarza inną drogą.
remedy-ask-host = Proszę skontaktować się z gospodarzem inną drogą, a potem ponownie otworzyć łącze.
remedy-reload = Proszę wczytać tę stronę ponownie. Jeśli to nie pomoże, proszę powiadomić operatora tego serwera.
remedy-browser = Proszę użyć aktualnej wersji przeglądarki Firefox, Chrome, Edge lub Safari.
remedy-https = Proszę otworzyć łącze z https na początku.
remedy-wait = Proszę chwilę poczekać, a potem spróbować ponownie.
remedy-network = Proszę sprawdzić sieć, a potem spróbować ponownie.
remedy-operator = Proszę powiadomić operatora tego serwera. To, co było zapisane wcześniej, jest zachowane.

## Co mówi rozmowa

device-microphone-denied = Przeglądarce zabroniono używać mikrofonu. Nie słychać Państwa, dopóki nie będzie zgody.
device-microphone-not-found = Nie znaleziono mikrofonu. Proszę go podłączyć: zostanie użyty sam.
device-microphone-in-use = Mikrofonu używa inny program. Proszę go zamknąć, a potem spróbować ponownie.
device-microphone-failed = Mikrofon się nie uruchamia. Proszę podłączyć go na nowo lub wybrać inny.
device-camera-denied = Przeglądarce zabroniono używać kamery. Można wejść bez obrazu.
device-camera-not-found = Nie znaleziono kamery. Można wejść bez obrazu.
device-camera-in-use = Kamery używa inny program. Proszę go zamknąć, a potem spróbować ponownie.
device-camera-failed = Kamera się nie uruchamia. Proszę podłączyć ją na nowo lub wybrać inną.
device-microphone-lost-replaced = Mikrofon został odłączony. Teraz używany jest { $device }.
device-microphone-lost = Mikrofon został odłączony. Nie słychać Państwa.
device-camera-lost-replaced = Kamera została odłączona. Teraz używana jest { $device }.
device-camera-lost = Kamera została odłączona. Inni widzą tabliczkę z nazwiskiem.
device-speaker-lost = Głośnik został odłączony. Dźwięk płynie z głośnika systemu.
device-insecure-page = Bez https przeglądarka nie daje kamery ani mikrofonu. Proszę otworzyć łącze z https.
network-checking = Trwa pomiar drogi do serwera.
network-good = Sieć jest dobra.
network-slow = Sieć jest wolna. Głos będzie zachowany; obrazy mogą się wstrzymywać.
network-offline = Serwer nie odpowiada. Proszę sprawdzić sieć.
connection-weak-picture-paused = Państwa połączenie jest słabe: obraz wstrzymany ({ $who }), głos zachowany.
connection-lost-returning = { $who }: utracone o { $since }, powraca
own-connection-weak = Państwa połączenie jest słabe. Obrazy mogą się wstrzymywać; głos jest zachowany.
own-connection-unheard = Państwa głos nie dociera do serwera. Połączenie jest zestawiane na nowo.
signal-reconnecting = Serwer nie odpowiada. Miejsce jest zachowane, a powrót nastąpi sam.
server-restarting = Serwer uruchamia się ponownie. Miejsce jest zachowane, a powrót nastąpi sam.
media-reconnecting = Dźwięk i obraz są zestawiane na nowo.
media-failed = Dźwięk i obraz nie przechodzą przez tę sieć. Proszę spróbować innej sieci lub zapytać jej administratora.
seat-claimed = Inne urządzenie prosi o Państwa miejsce, używając Państwa łącza. Zapytano gospodarza. Jeśli to nie Państwo, proszę go powiadomić.
microphone-closed-for = Mikrofon został wyłączony, aby zrobić miejsce: { $who }.
microphones-full = Wszystkie mikrofony są zajęte. Aby zabrać głos, proszę poprosić kogoś z tych osób o wyciszenie: { $who }.
doors-closed-now = Drzwi są teraz zamknięte.
doors-open-now = Drzwi są teraz otwarte.
floor-given-to = Głos ma: { $who }.
floor-given-to-you = Mają Państwo głos.
screen-share-failed = Nie udało się udostępnić ekranu. Proszę spróbować ponownie.
screen-share-denied = Ekran nie jest udostępniony: nie zezwoliła na to przeglądarka lub system.
screen-share-taken = Ekran udostępnia już { $who }. Proszę najpierw poprosić o zakończenie.
not-permitted = Państwa miejsce nie ma do tego prawa.
wrong-state = To już niemożliwe: w międzyczasie coś się zmieniło.
too-fast = To było zbyt szybko. Proszę chwilę poczekać, a potem spróbować ponownie.
server-trouble = Serwer nie mógł tego wykonać. Proszę spróbować ponownie.
action-try-again = Spróbuj ponownie
action-turn-on = Włącz
action-choose-device = Wybierz urządzenie
action-reload = Wczytaj stronę ponownie

## Zwoływanie

convene-tab = Zwoływanie
convene-key-title = Zwołaj rozmowę
convene-key-text = Klucz organizatora pokazuje, że mogą Państwo zwoływać rozmowy na tym serwerze. Otrzymują go Państwo od operatora.
convene-key-label = Klucz organizatora
convene-key-hint = 43 litery, cyfry, łączniki i podkreślenia. Pozostaje tylko w tej karcie.
convene-key-enter = Dalej
convene-key-checking = Sprawdzanie klucza
convene-key-forget = Zapomnij klucz
convene-key-malformed = Klucz organizatora ma 43 litery, cyfry, łączniki i podkreślenia. Proszę skopiować go w całości.
convene-key-unknown = Ten serwer nie zna tego klucza. Proszę poprosić operatora o ważny.
convene-offline = Serwer nie odpowiada. Proszę sprawdzić sieć, a potem spróbować ponownie.
convene-plan-refused = Serwer nie przyjął rozmowy: { $why }
convene-call-gone = Tej rozmowy już nie ma.
convene-call-exists = Rozmowa o tym numerze już istnieje. Proszę utworzyć ją jeszcze raz.
convene-too-fast = Zbyt wiele prób w krótkim czasie. Proszę chwilę poczekać, a potem spróbować ponownie.
convene-server-trouble = Serwer nie mógł tego wykonać i nic się nie zmieniło. Proszę spróbować ponownie lub powiadomić operatora.
convene-text-empty = Proszę coś tu wpisać.
convene-text-too-long = To za długie: najwyżej { $max } bajtów, czyli mniej więcej tyle liter.
convene-text-unsafe = Jest tu znak, którego nie można bezpiecznie pokazać. Proszę wpisać tekst na nowo.
convene-no-host = Żadne miejsce nie należy do gospodarza. Proszę przy jednym zaznaczyć „Gospodarz”.
convene-observer-host = Obserwator nie może być gospodarzem.
convene-same-name = Dwie delegacje mają tę samą nazwę skróconą.
convene-no-seat = Każda delegacja musi mieć miejsce.
convene-too-few-seats = Rozmowa ma co najmniej dwa miejsca.
convene-too-many-seats = Rozmowa ma najwyżej { $max } miejsc.
convene-too-many-delegations = Rozmowa ma najwyżej { $max } delegacji.
convene-minutes-wrong = Proszę wpisać pełne minuty, od 1 do 1440.
calls-title = Państwa rozmowy
calls-loading = Trwa pobieranie rozmów.
calls-empty = Nie zwołali Państwo jeszcze żadnej rozmowy.
calls-empty-more = Rozmowa potrzebuje tytułu, delegacji i ich miejsc. Potem przekazują Państwo każdemu miejscu jego łącze.
calls-back = Wszystkie rozmowy
call-new = Nowa rozmowa
call-new-text = Kolejność delegacji jest kolejnością precedencji: na ekranie, na listach, przy stole.
call-convened-at = Zwołana { $time }
call-starts-at = Początek: { $time }
call-size = { $delegations ->
    [one] { $delegations } delegacja
    [few] { $delegations } delegacje
   *[other] { $delegations } delegacji
  }, { $seats ->
    [one] { $seats } miejsce
    [few] { $seats } miejsca
   *[other] { $seats } miejsc
  }
phase-convened = Zwołana
phase-open = Trwa
phase-adjourned = Zakończona
form-title = Tytuł rozmowy
form-title-hint = Przeczytają go wszyscy w rozmowie.
form-format = Forma
form-format-video = Obraz i głos
form-format-voice = Tylko głos
form-start = Początek
form-start-hint = Według Państwa zegara. Może pozostać puste.
form-minutes = Czas w minutach
form-delegations = Delegacje i miejsca
form-delegations-text = W kolejności precedencji. Co najmniej jedno miejsce należy do gospodarza: gospodarz wpuszcza pozostałych.
form-create = Zwołaj rozmowę
form-sending = Rozmowa jest zwoływana
delegation-numbered = Delegacja { $number }
delegation-name = Nazwa
delegation-short = Nazwa skrócona
delegation-short-hint = Na tabliczki. Puste: pełna nazwa.
delegation-add = Dodaj delegację
seat-numbered = Miejsce { $number }
seat-name = Imię i nazwisko
seat-title = Stanowisko
seat-kind = W charakterze
seat-host = Gospodarz
seat-add = Dodaj miejsce
seat-add-to = do: { $what }
move-up = Przesuń wyżej: { $what }
move-down = Przesuń niżej: { $what }
moved-to = { $what }: teraz numer { $place } z { $count }.
remove-from-form = Usuń: { $what }
removed-from-form = { $what }: usunięto.
links-title = Łącza do przekazania
links-text = Każde łącze otwiera jedno miejsce temu, kto je ma. Proszę wysłać każde tylko jego osobie, drogą, której Państwo ufają.
links-not-held = Łącza pokazano w przeglądarce, w której zwołano tę rozmowę. Ta przeglądarka ich nie ma, a serwer nie może ich pokazać.
links-copy-all = Kopiuj wszystkie łącza
link-of = Łącze: { $who }
link-new = Nowe łącze
link-new-for = Nowe łącze: { $who }
link-new-text = Obecne łącze natychmiast przestanie działać. Usunięte miejsce może wrócić z nowym.
link-new-do = Utwórz nowe łącze
copy = Kopiuj
copy-link-of = Kopiuj łącze: { $who }
copied = Skopiowano
copy-failed = Przeglądarka nie skopiowała. Proszę zaznaczyć łącze i skopiować je ręcznie.
host-link-title = Łącze gospodarza
host-link-text = Tylko dla Państwa. Otwiera miejsce gospodarza i pozwala wyprowadzić każde inne łącze tej rozmowy: proszę nigdy go nie przekazywać.
host-link-copy = Kopiuj łącze gospodarza
host-link-open = Otwórz miejsce gospodarza
call-end-title = Zakończ lub usuń
call-end = Zakończ rozmowę
call-delete = Usuń rozmowę
call-end-ask = Zakończyć „{ $call }”?
call-end-text = Wszyscy natychmiast odchodzą od stołu, a łącza przestają działać. Rozmowa zostaje na Państwa liście.
call-end-do = Zakończ rozmowę
call-delete-ask = Usunąć „{ $call }”?
call-delete-text = Rozmowa, jeśli trwa, kończy się, a ten serwer o niej zapomina. Tego nie można cofnąć.
call-delete-do = Usuń rozmowę
