# Ekrany Incamera, polski. Słowa: rozmowa, delegacja, miejsce, poczekalnia, drzwi, głos, gospodarz.

## Wszędzie

product = Incamera
tab-title = { $page } · Incamera
who = { $short }, { $name }
who-more = { $who } i jeszcze { $more }
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
speaker-test = Próba głośnika
speaker-play = Odtwórz dźwięk
speaker-playing = Odtwarzany jest dźwięk.
speaker-asking = Czy słychać było dźwięk?
speaker-yes = Tak, słychać
speaker-no = Nie
speaker-heard = Dźwięk było słychać: głośnik działa.
speaker-unheard = Proszę zwiększyć głośność albo wybrać inny głośnik i odtworzyć dźwięk ponownie.
speaker-failed = Nie udało się tam odtworzyć dźwięku. Proszę wybrać inny głośnik i odtworzyć dźwięk ponownie.
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

## Gotowość

ready-title = Gotowość
ready-open = Kto jest gotowy
ready-text-own = Co ta strona ustaliła o tym urządzeniu i jego sieci. Gospodarze też to widzą; nie ma w tym Państwa głosu ani obrazu.
ready-text-host = Co strona każdego miejsca ustaliła przed rozmową, według niej samej. Nie ma w tym głosu ani obrazu.
ready-light-go = Gotowe
ready-light-caution = Uwaga
ready-light-nogo = Niegotowe
ready-light-unchecked = Jeszcze niesprawdzone
ready-own-go = To urządzenie i jego sieć są gotowe do rozmowy.
ready-own-caution = Mogą Państwo wziąć udział. Coś mogłoby być lepsze: szczegóły poniżej.
ready-own-nogo = Przed rozmową trzeba coś naprawić: szczegóły poniżej.
ready-own-unchecked = Jeszcze nie wszystko sprawdzono.
ready-measuring = Trwa pomiar sieci. Potrwa to około dziesięciu sekund.
ready-again = Sprawdź ponownie
ready-nothing-said = To miejsce nic jeszcze nie zgłosiło.
ready-in-green-room = W przygotowaniu
ready-some-unchecked = Jeszcze niesprawdzone: { $what }
ready-count = { $light }: { $count }
ready-way = Droga do serwera
ready-up = Wysyłanie
ready-down = Odbieranie
ready-loss = Utracone po drodze
ready-delay = Opóźnienie
ready-microphone = Mikrofon
ready-speaker = Głośnik
ready-camera = Kamera
ready-clock = Zegar urządzenia
ready-sealing = Pieczętowanie
ready-page = Strona
ready-figure-udp = bezpośrednia (UDP)
ready-figure-tcp = tylko TCP
ready-figure-nothing = brak przejścia
ready-figure-rate = { $mbits } Mbit/s
ready-figure-loss = { $percent } %
ready-figure-delay = { $ms } ms
ready-figure-works = działa
ready-figure-off = wyłączone
ready-figure-denied = brak zgody
ready-figure-not-found = nie znaleziono
ready-figure-in-use = zajęte przez inny program
ready-figure-failed = nie działa
ready-figure-muted = wyciszony przez system
ready-figure-no-sound = jeszcze bez dźwięku
ready-figure-heard = słychać
ready-figure-unheard = nie słychać
ready-figure-clock = dobry czas
ready-figure-clock-ahead = spieszy się o { $seconds } s
ready-figure-clock-behind = spóźnia się o { $seconds } s
ready-figure-page-current = aktualna strona serwera
ready-figure-page-old = nieaktualna strona serwera
ready-figure-page-other = inny kod niż Państwa strona
ready-advice-tcp = Ta sieć blokuje UDP, więc dźwięk i obraz mogą się zacinać. Proszę poprosić administratora o dopuszczenie UDP do tego serwera albo użyć innej sieci.
ready-advice-nothing = Dźwięk i obraz nie przechodzą przez tę sieć. Proszę użyć innej sieci, na przykład telefonu komórkowego, albo zwrócić się do administratora.
ready-advice-up = Można wysłać niewiele: inni mogą widzieć mniej wyraźny obraz. Proszę użyć kabla zamiast sieci bezprzewodowej i zakończyć wysyłanie plików.
ready-advice-up-none = Do serwera nie dociera nawet głos. Proszę użyć innej sieci.
ready-advice-down = Można odebrać niewiele: obrazy mogą się zatrzymywać, głosy pozostaną. Proszę użyć kabla zamiast sieci bezprzewodowej i zakończyć pobieranie.
ready-advice-down-none = Z serwera nie wraca nawet głos. Proszę użyć innej sieci.
ready-advice-loss = Po drodze ginie zbyt wiele, więc mogą wypadać słowa. Proszę zbliżyć się do punktu dostępu albo użyć kabla.
ready-advice-delay = Droga jest długa: proszę odczekać chwilę przed odpowiedzią. Skróci ją kabel albo sieć bez objazdów.
ready-advice-microphone-off = Proszę włączyć mikrofon, aby go sprawdzić.
ready-advice-microphone-denied = Proszę zezwolić na mikrofon w ustawieniach przeglądarki dla tej strony.
ready-advice-microphone-not-found = Proszę podłączyć mikrofon: bez niego nikt Państwa nie usłyszy.
ready-advice-microphone-in-use = Proszę zamknąć inny program, który używa mikrofonu, i sprawdzić ponownie.
ready-advice-microphone-failed = Proszę podłączyć mikrofon od nowa albo wybrać inny.
ready-advice-microphone-muted = Proszę włączyć mikrofon jego przełącznikiem, na klawiaturze albo w ustawieniach systemu.
ready-advice-microphone-no-sound = Proszę coś powiedzieć. Jeśli nic się nie zmieni, proszę wybrać inny mikrofon albo zwiększyć jego czułość w ustawieniach systemu.
ready-advice-speaker-untested = Proszę odtworzyć dźwięk, aby go sprawdzić.
ready-advice-speaker-unheard = Proszę zwiększyć głośność albo wybrać inny głośnik i odtworzyć dźwięk ponownie.
ready-advice-camera-off = Proszę włączyć kamerę, aby ją sprawdzić.
ready-advice-camera-denied = Proszę zezwolić na kamerę w ustawieniach przeglądarki dla tej strony albo wziąć udział bez obrazu.
ready-advice-camera-not-found = Proszę podłączyć kamerę albo wziąć udział bez obrazu.
ready-advice-camera-in-use = Proszę zamknąć inny program, który używa kamery, i sprawdzić ponownie.
ready-advice-camera-failed = Proszę podłączyć kamerę od nowa albo wybrać inną.
ready-advice-camera-muted = Proszę otworzyć przesłonę kamery albo zezwolić na nią w ustawieniach systemu.
ready-advice-clock = Proszę ustawić zegar urządzenia, najlepiej automatycznie przez sieć: zaproszenia i klucze mają daty.
ready-advice-sealing = Ta przeglądarka nie może pieczętować dźwięku i obrazu. Proszę użyć aktualnej wersji przeglądarki Firefox, Chrome, Edge lub Safari.
ready-advice-page = Serwer podaje nowszą stronę. Proszę wczytać tę stronę ponownie.
ready-advice-code = Strona tego miejsca i Państwa strona nie są takie same. Obie trzeba wczytać ponownie; jeśli nadal się różnią, proszę powiadomić operatora.

## Poczekalnia

antechamber = Poczekalnia
antechamber-asking = Gospodarz jest powiadamiany o Państwa przybyciu.
antechamber-waiting = Gospodarz Państwa wpuści.
antechamber-waiting-more = Nie trzeba nic robić. Ta strona zmieni się sama po wpuszczeniu.
antechamber-no-host = Nie ma jeszcze gospodarza. Gdy przyjdzie, od razu dowie się, że Państwo czekają. Nic nie trzeba robić.
antechamber-doors-closed = Drzwi są zamknięte.
antechamber-doors-closed-more = Gospodarz wie, że Państwo czekają, i może Państwa wpuścić, gdy drzwi znów będą otwarte. Nie trzeba nic robić.
antechamber-occupied = Państwa miejsce jest zajęte na innym urządzeniu.
antechamber-occupied-more = Zapytano gospodarza, czy przenieść Państwa miejsce tutaj. Jeśli tamto urządzenie należy do Państwa, można też opuścić rozmowę tam.
antechamber-free = Drugie urządzenie z Państwa miejscem zniknęło.
antechamber-free-more = Nie ma innego gospodarza, którego można by zapytać. Za kilka sekund miejsce będzie Państwa, a rozmowa potoczy się dalej, zapieczętowana na nowo.
antechamber-since = Czekają Państwo od { $time }.
antechamber-unheard = Nikt Państwa jeszcze nie widzi ani nie słyszy.
antechamber-back = Wróć

## Stół

controls = Sterowanie
table-seats = Miejsca przy stole
announcements = Przybycia i odejścia
doors-are-open-more = Drzwi są otwarte: można wpuścić czekających.
doors-are-closed-more = Drzwi są zamknięte: nikt nowy nie wejdzie. Kto został wpuszczony, może wrócić.
doors-close = Zamknij drzwi
doors-open = Otwórz drzwi
seated-of = { $seated } z { $seats } przy stole
clock-own = Państwa czas:
clock-elapsed = Czas trwania:
mute = Wycisz
unmute = Włącz głos
whisper = Tylko delegacja
camera-stop = Wyłącz kamerę
camera-start = Włącz kamerę
share = Udostępnij
share-stop = Zakończ pokaz
sharing-now = Udostępniają Państwo ekran: widzą go wszyscy przy stole.
people = Osoby
people-close = Zamknij listę osób
leave = Wyjdź
key-mute = Wycisz, włącz mikrofon
key-whisper = Mów tylko do swojej delegacji, znów do stołu
key-camera = Kamera włączona, wyłączona
key-share = Udostępnij ekran
key-text = Teksty
key-people = Osoby
key-doors = Zamknij, otwórz drzwi
key-antechamber = Poczekalnia
key-leave = Wyjdź
shortcuts-on = Pojedyncze klawisze działają jako skróty
muted = wyciszony
mic-open = mikrofon włączony
speaking = mówi
whispers = tylko do Państwa delegacji
muted-but-speaking = Mikrofon jest wyciszony, a Państwo mówią. Proszę wybrać „Włącz głos”, aby inni słyszeli.
whispering = Słyszy Państwa tylko Państwa delegacja.
whispering-unheard = Nikt teraz Państwa nie słyszy, ani Państwa delegacja, ani stół.
sound-blocked = Przeglądarka wstrzymuje dźwięk do kliknięcia.
sound-hear = Usłysz rozmowę
alone = Przy stole nie ma jeszcze nikogo innego.
observers = { $count ->
    [one] i { $count } obserwator: { $who }
    [few] i { $count } obserwatorzy: { $who }
   *[other] i { $count } obserwatorów: { $who }
  }
observer-state = { $who } ({ $state })
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
tile-still = Obraz stoi w miejscu
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
announce-admitted = { $who }: przybycie, wpuszcza { $by }.
announce-returned = { $who }: powrót.
announce-lost = { $who }: utracono połączenie. Miejsce jest zachowane.
announce-departed = { $who }: odejście.
announce-waiting = { $who } czeka w poczekalni.
announce-waiting-many = W poczekalni czeka { $count }: { $who }.
announce-text = { $who }: nowy tekst do wszystkich.
announce-text-own = { $who }: nowy tekst tylko do delegacji { $to }.
announce-circle-asks = { $who } prosi o wpuszczenie do kręgu delegacji { $to }.

## Jak rozmowa jest zapieczętowana

sealed-short = Zapieczętowana: serwer przenosi tę rozmowę i nie może jej otworzyć.
sealed-calls = Zapieczętowane: serwer przenosi rozmowy i nie może ich otworzyć.
seal-doors-closed = Drzwi są zamknięte.
seal-doors-open = Drzwi są otwarte.
seal-doors-unknown = Żaden gospodarz nie podał jeszcze, czy drzwi są otwarte.
seal-verified = Zweryfikowano { $verified } z { $members }.
seal-entering = Trwa wpuszczanie do zapieczętowanej rozmowy.
seal-recovering = Rozmowa jest pieczętowana na nowo.
seal-unconfirmed = Gospodarz potwierdza Państwa miejsce.
seal-no-answer = Serwer nie odpowiada.
seal-joining = { $who } { $count ->
    [one] wchodzi.
   *[other] wchodzą.
  }
seal-silent = { $who } { $count ->
    [one] nie daje
   *[other] nie dają
  } znaku.
seal-absent = { $who } { $count ->
    [one] nie odpowiada.
   *[other] nie odpowiadają.
  }
seal-unproven = Połączenie: dźwięku i obrazu od „{ $who }” nie można teraz potwierdzić. { $count ->
    [one] To miejsce jest
   *[other] Te miejsca są
  } do tego czasu wstrzymane.
seal-unverified = { $who } { $count ->
    [one] pozostaje
   *[other] pozostają
  } bez weryfikacji.
seal-starved = { $who } { $count ->
    [one] wysyła
   *[other] wysyłają
  }, a nic z tego tu nie dociera.
seal-code-differs = { $who } { $count ->
    [one] używa
   *[other] używają
  } innego kodu niż ta strona.
seal-no-host = Od chwili nie odpowiada żaden gospodarz.
seal-unsure = W tej chwili nie da się wszystkiego zweryfikować.
seal-stopped = Zatrzymano: to, co podają inne miejsca, nie zgadza się z tym, co Państwo widzą.
seal-stopped-no-host = Zatrzymano: od 15 sekund brak znaku od gospodarza.
seal-stopped-unanswered = Na razie nic nie jest wysyłane: od 15 sekund nikt inny nie odpowiedział.
seal-removal-withheld = Serwer wstrzymuje usunięcie: { $who }. Nic od Państwa nie jest wysyłane, dopóki { $count ->
    [one] to miejsce nie zostanie usunięte
   *[other] te miejsca nie zostaną usunięte
  }.
seal-wrong = Coś w tej rozmowie jest nie tak, jak powinno.
seal-bad-plan = Lista miejsc, którą podał serwer, nie jest tą, którą podpisał organizator.
seal-removed = Gospodarz usunął Państwa miejsce.
seal-forged = Dźwięk lub obraz pod nazwą „{ $who }” był sfałszowany. Sfałszowane odrzucono; to, co naprawdę { $count ->
    [one] wysyła to miejsce,
   *[other] wysyłają te miejsca,
  } jest nadal odtwarzane.
seal-different = { $who } { $count ->
    [one] widzi inne słowa: to miejsce jest zatrzymane.
   *[other] widzą inne słowa: te miejsca są zatrzymane.
  }
seal-device-changed = { $who } { $count ->
    [one] korzysta
   *[other] korzystają
  } z innego urządzenia niż przedtem.
seal-recovered = { $who } { $count ->
    [one] pieczętuje
   *[other] pieczętują
  } rozmowę na nowo.
seal-recovered-anyone = Rozmowę zapieczętowano na nowo.
sealing-verified = Miejsce zweryfikowane
sealing-joining = Wchodzi
sealing-silent = Nie daje znaku
sealing-absent = Nie odpowiada
sealing-unproven = Połączenie: chwilowo bez potwierdzenia, do tego czasu wstrzymane
sealing-forged = Ktoś sfałszował dźwięk lub obraz: odrzucono, odtwarzane jest tylko potwierdzone
sealing-different = Zatrzymane: widzi inne słowa
sealing-changed = Na innym urządzeniu, jeszcze nieprzyjętym
sealing-unverified = Miejsce niezweryfikowane
tile-sealing-joining = wchodzi
tile-sealing-absent = nie odpowiada
tile-sealing-unproven = połączenie: bez potwierdzenia
tile-sealing-forged = fałszerstwa odrzucone
tile-sealing-different = zatrzymane: inne słowa
tile-sealing-changed = inne urządzenie
tile-sealing-unverified = bez weryfikacji
sending-unconfirmed-picture = Państwa głos i obraz nie są jeszcze wysyłane: gospodarz właśnie Państwa potwierdza.
sending-unconfirmed-voice = Państwa głos nie jest jeszcze wysyłany: gospodarz właśnie Państwa potwierdza.
sending-stopped-picture = Państwa głos i obraz nie są teraz wysyłane. Wysyłanie wróci samo, gdy sprawa się wyjaśni.
sending-stopped-voice = Państwa głos nie jest teraz wysyłany. Wysyłanie wróci samo, gdy sprawa się wyjaśni.
device-changed-ask = { $who }: powrót na innym urządzeniu. Nic z tego miejsca nie jest tu widoczne ani słyszalne, dopóki Państwo nie przyjmą tego urządzenia. Proszę najpierw zapytać tę osobę inną drogą.
device-accept = Przyjmij to urządzenie
device-accept-who = Przyjmij to urządzenie: { $who }
vouched-title = Kto kogo wpuścił
vouched-by = Miejsce wpuszczone przez: { $who }
code-other = Podaje, że używa innego kodu niż ta strona
how-title = Jak ta rozmowa jest zapieczętowana
how-calls = Jak rozmowy są zapieczętowane
how-text = Wszystko, co się mówi, pokazuje lub pisze, jest pieczętowane na urządzeniu nadawcy i otwierane tylko na urządzeniach przy stole. Przy stole ta strona pokazuje także, kto kogo wpuścił.
how-now = Teraz
how-protects = Co jest chronione
how-protects-content = Głosy, obrazy, udostępniane ekrany, teksty oraz nazwiska i tytuły wszystkich miejsc. Serwer i jego operator przenoszą je i nie mogą ich otworzyć.
how-protects-table = Skład stołu. Tylko gospodarz kogoś wpuszcza, a każde urządzenie przy stole samo sprawdza zaproszenie. Serwer nie może dodać słuchacza.
how-protects-past = To, co powiedziano przed czyimś przyjściem, i to, co mówi się po czyimś odejściu lub usunięciu: ta osoba nie może tego otworzyć.
how-protects-stops = Nic nie wychodzi bez pieczęci. Jeśli coś się nie zgadza, wysyłanie ustaje, a wiersz u góry mówi, dlaczego i u kogo.
how-protects-later = To, co ktoś dziś nagra po drodze, pozostanie zamknięte także dla komputerów kwantowych z przyszłości.
how-not = Co nie jest chronione
how-not-code = Zmieniona strona. Kto prowadzi serwer, mógłby dać jednej przeglądarce zmienioną stronę i słyszeć to, co słyszy to miejsce.
how-not-device = Urządzenie opanowane przez kogoś innego, przy którymkolwiek miejscu.
how-not-film = Telefon, który filmuje ekran, albo rejestrator obok głośnika.
how-not-voice = Podrobiony głos. Porównanie słów na głos przed nim nie chroni: jeśli to ważne, proszę użyć innej linii.
how-not-traces = To, co serwer musi widzieć: które miejsca są połączone, skąd, kiedy, ile wysyłają, kiedy są wyciszone, o jakie obrazy proszą.
how-not-delay = Usunięcie, które serwer wstrzymuje. Usunięte miejsce może wtedy śledzić rozmowę do 15 sekund, aż każde urządzenie samo się zatrzyma.
how-not-link = Łącze w niewłaściwych rękach. Kto je ma, może prosić o wejście pod tym nazwiskiem, a decyduje gospodarz.
how-not-host = Łącze gospodarza w niewłaściwych rękach. Kto je ma, jest organizatorem; pomoże tylko nowa rozmowa.
how-not-off = Przerwanie. Kto prowadzi serwer, może zakończyć każdą rozmowę.
how-not-denial = Wyparcie się. To, co miejsce wysyła, jest podpisane, a inne miejsce może to pokazać postronnym.
how-not-quantum = Fałszerz z komputerem kwantowym w czasie rozmowy: podpisy są dzisiejszego rodzaju.
print-title = Szczegóły techniczne
print-code = Kod tej strony
print-group = Grupa
print-epoch = Epoka
print-sealed = Ramki zapieczętowane
print-opened = Ramki otwarte
print-refused = Ramki odrzucone

## Słowa rozmowy

check-go = Porównaj słowa
check-why = Sześć słów pokazuje, czy wszystkie urządzenia mają te same klucze: gospodarz je odczytuje, a każde miejsce mówi, czy widzi te same.
check-ask-host = Każdy gospodarz może poprosić o porównanie słów.
check-title = Słowa tej rozmowy
check-over = Słowa zostały porównane
check-read-out = Proszę powoli odczytać sześć słów. Każde miejsce powie potem, czy widzi te same.
check-listen = Odczytuje je gospodarz: { $chair }. Czy widzą Państwo te same słowa?
check-words = Słowa
check-language = Język słów: { $language }, język gospodarza. Cyfry mówią to samo.
check-left = jeszcze { $time }
check-same = Te same
check-different = Inne
check-different-means = „Inne” natychmiast zatrzymuje Państwa dźwięk i obraz, a wszyscy dowiadują się, że chodzi o Państwa miejsce.
check-own-same = Państwa odpowiedź: te same.
check-own-different = Państwa odpowiedź: inne. Dźwięk i obraz są zatrzymane, a wszyscy zostali powiadomieni. Proszę skontaktować się z gospodarzem inną drogą.
check-answers = Odpowiedzi
check-no-answer = brak odpowiedzi
check-result-different = { $who } { $count ->
    [one] widzi inne słowa: dźwięk i obraz tego miejsca
   *[other] widzą inne słowa: dźwięk i obraz tych miejsc
  } są zatrzymane.
check-result-missing = Brak odpowiedzi: { $who }.
check-result-all-same = Wszyscy zapytani widzą te same słowa.
check-result-so-far = { $count ->
    [one] Brakuje jeszcze { $count } odpowiedzi.
   *[other] Brakuje jeszcze { $count } odpowiedzi.
  }
check-cloned = Głos można podrobić i to przed tym nie chroni: jeśli to ważne, proszę porównać słowa inną linią.
check-goes-on = Trwa porównywanie słów tej rozmowy.
check-answered = Wszyscy odpowiedzieli.
check-compared-at = Słowa porównano o { $time }.
check-show = Pokaż słowa
check-not-now = Słów nie można teraz porównać. Proszę spróbować za chwilę.

## Teksty

text = Tekst
text-to-all = do wszystkich przy stole
text-close = Zamknij teksty
text-log = Napisane teksty
text-empty = Nic jeszcze nie napisano. Każdy przy stole czyta to, co tu napisano; kto przyjdzie później, nie przeczyta.
text-since = Teksty nie są przechowywane na żadnym urządzeniu. Ta strona pokazuje napisane od { $time }.
text-gap = Nic z tego, co napisano między { $from } a { $to }, tu nie dotarło: ta strona nie była w rozmowie. W razie potrzeby proszę zapytać innych.
text-write = Napisz do wszystkich
text-keys = Enter wysyła; Shift i Enter zaczynają nowy wiersz.
text-left = { $count ->
    [one] pozostał { $count } znak
    [few] pozostały { $count } znaki
   *[other] pozostało { $count } znaków
  }
text-too-long = Najwyżej { $max } znaków: o { $over } za dużo.
text-send = Wyślij do wszystkich
text-waiting = czeka na wysłanie
text-unread = { $count ->
    [one] { $count } nowy tekst
    [few] { $count } nowe teksty
   *[other] { $count } nowych tekstów
  }
text-not-sent = Tekst nie został wysłany. Proszę spróbować za chwilę.

## Krąg własnej delegacji: to, co do niego napisano, czytają tylko jej miejsca. to: delegacja, w skrócie

text-choice = Kto to czyta
text-tab-all = Do wszystkich
text-tab-own = Do delegacji { $to }
text-log-own = Teksty do delegacji { $to }
text-empty-own = Nic jeszcze nie napisano. To, co tu napisano, czytają tylko osoby z delegacji { $to }, które są w tym kręgu; kto przyjdzie później, nie przeczyta.
text-write-own = Napisz tylko do delegacji { $to }
text-send-own = Wyślij do: { $to }
circle-in = W kręgu: { $who }
circle-unsure = Także w kręgu, obecnie niezweryfikowane: { $who }
circle-queue = Do wpuszczenia do kręgu delegacji { $to }: { $count }
circle-admit-who = Wpuść do kręgu delegacji { $to }: { $who }
circle-opening = Krąg delegacji { $to } jest otwierany. Jeśli rozpoczął go inny szef delegacji, to on Państwa wpuści.
circle-waits = Krąg delegacji { $to } nie jest jeszcze dla Państwa otwarty: wpuści Państwa szef delegacji.
circle-headless = Krąg delegacji { $to } otworzy się, gdy jej szef będzie przy stole.
circle-recovering = Trwa powrót do kręgu delegacji { $to }.
circle-alone = Z delegacji { $to } nikogo więcej nie ma jeszcze w kręgu.
circle-unconfirmed = Szef delegacji potwierdza Państwa miejsce w kręgu delegacji { $to }.
circle-no-head = Do delegacji { $to } nic teraz nie wychodzi: jej szef od pewnego czasu nie odpowiada.
circle-unanswered = Do delegacji { $to } nic teraz nie wychodzi: od pewnego czasu nikt inny nie odpowiada.
circle-different = Od Państwa nic nie wychodzi do delegacji { $to }: widzieli Państwo inne słowa. Proszę skontaktować się z szefem delegacji inną drogą.
circle-not-compared = Słowa jeszcze nieporównane.
circle-check-go = Porównaj słowa
circle-check-title = Słowa kręgu delegacji { $to }
circle-check-read-out = Proszę porównać te sześć słów ze swoimi ludźmi: w sali albo przez telefon. Każde miejsce powie potem, czy widzi te same.
circle-check-listen = Te słowa ma szef delegacji: { $chair }. Proszę porównać je w sali albo przez telefon. Czy widzą Państwo te same?
circle-check-language = Język słów: { $language }, szefa delegacji. Cyfry mówią to samo.
circle-check-different-means = „Inne” natychmiast wstrzymuje to, co Państwo piszą do kręgu, a wszyscy w nim dowiedzą się, że chodzi o Państwa miejsce.
circle-check-own-different = Odpowiedź: inne. Od Państwa nic już nie wychodzi do kręgu i wszyscy w nim o tym wiedzą. Proszę skontaktować się z szefem delegacji inną drogą.
circle-check-result-different = { $who } { $count ->
    [one] widzi inne słowa: teksty tego miejsca
   *[other] widzą inne słowa: teksty tych miejsc
  } do kręgu są wstrzymane.

## Opuszczanie stołu, kończenie rozmowy

leave-title = Opuścić rozmowę?
leave-text = Aby wrócić, proszę ponownie użyć łącza: gospodarz musi wtedy wpuścić Państwa na nowo.
leave-text-host = Rozmowa potrwa dalej bez Państwa. Aby wrócić, proszę ponownie użyć łącza.
leave-text-waiting = { $count ->
    [one] { $count } tekst nie został jeszcze wysłany. Przepadnie, jeśli Państwo wyjdą.
    [few] { $count } teksty nie zostały jeszcze wysłane. Przepadną, jeśli Państwo wyjdą.
   *[other] { $count } tekstów nie zostało jeszcze wysłanych. Przepadną, jeśli Państwo wyjdą.
  }
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
queue-since = Czeka od { $time }, { $minutes ->
    [0] mniej niż minutę
    [one] { $minutes } minutę
    [few] { $minutes } minuty
   *[other] { $minutes } minut
  }
queue-occupied-more = To miejsce jest zajęte na innym urządzeniu, a siedząca tam osoba została powiadomiona. Przeniesienie usuwa tamto urządzenie od stołu.
claim-verified = z zaproszeniem
claim-checking = Zaproszenie jest sprawdzane.
claim-not-a-grant = Przychodzi bez zaproszenia do tej rozmowy.
claim-wrong-seat = Przychodzi z zaproszeniem na inne miejsce.
claim-expired = Zaproszenie wygasło. Organizator może utworzyć nowe łącze.
claim-closed = Łącze do tego miejsca zamknięto. Organizator może utworzyć nowe.
claim-bad-package = To, co wysłało to urządzenie, jest uszkodzone. Trzeba tam wczytać stronę ponownie.
claim-wrong-clock = Zegar tego urządzenia albo Państwa zegar jest przestawiony o godzinę lub więcej. Trzeba go ustawić, a potem wczytać tam stronę ponownie.
claim-other-device = Ma zaproszenie, ale przychodzi z innego urządzenia niż przedtem. Proszę najpierw zapytać tę osobę inną drogą.
admit-not-verified = { $who }: brak zaproszenia na to miejsce, dlatego nie wpuszczono.
queue-doors-closed = Drzwi są zamknięte.
queue-all = Pokaż wszystkich: { $count }
knock-tell = Gdy patrzą Państwo gdzie indziej, tytuł tej strony mówi, kto czeka. Ponadto:
knock-sound = cichy dźwięk
knock-notice = powiadomienie systemu, bez nazwisk
knock-notice-impossible = Ta przeglądarka nie pokazuje powiadomień tej strony.
knock-title = ({ $count }) { $call }
knock-waits = Ktoś czeka w poczekalni.
admit = Wpuść
admit-move = Przenieś miejsce
admit-who = Wpuść: { $who }
admit-move-who = Przenieś miejsce: { $who }
admit-all = Wpuść wszystkich zweryfikowanych
refuse = Odmów
refuse-who = Odmów: { $who }
remove-who = Usuń: { $who }
mute-who = Wycisz: { $who }
remove-title = Usunąć od stołu: { $who }?
remove-text = Ta osoba odchodzi natychmiast, a łącze do tego miejsca zostaje zamknięte na stałe. Do powrotu potrzebne będzie nowe łącze: dla organizatora to jedno kliknięcie.
remove-action = Usuń

## Błędy, które kończą ekran rozmowy

error-tab = Nie można pokazać rozmowy
error-code = Dla operatora: { $code }
error-bad-link = To nie jest łącze do miejsca.
error-link-no-secret = To łącze straciło ostatnią część, tę po znaku #.
error-link-cut = To łącze zostało ucięte na końcu.
error-link-changed = To łącze zmieniono po drodze: jego ostatnia część nie jest już taka, jaka była.
error-link-several = Jest tu więcej niż jedno łącze.
error-link-elsewhere = To łącze należy do innego serwera.
error-link-exposed = Program pocztowy lub brama zmieniły to łącze tak, że jego tajemnica dotarła do serwera. Niczego już nie otwiera.
error-host-link-exposed = Program pocztowy lub brama zmieniły to łącze gospodarza tak, że tajemnica całej rozmowy dotarła do serwera. Niczego już nie otwiera.
error-link-wrapped = To łącze jest wewnątrz adresu innego serwera, który poznał jego tajemnicę. Niczego nie otwiera.
error-host-link-wrapped = To łącze gospodarza jest wewnątrz adresu innego serwera, który poznał tajemnicę całej rozmowy. Niczego nie otwiera.
error-paste = Wklej łącze ręcznie
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
error-bad-grant = Serwer podał coś, co nie należy do tego zaproszenia.
error-answer-extension = Serwer chciał, by obok głosu i obrazu podawać, jak głośno ktoś mówi. Niczego tak nie wysłano.
error-answer-codec = Serwer chciał głosu lub obrazu w postaci, której wielkości i przerwy zdradzają, co się mówi. Niczego tak nie wysłano.
error-answer-lines = Serwer chciał od tej strony innych głosów i obrazów, niż uzgodniono. Niczego tak nie wysłano.
error-answer-transport = Serwer nie podał poprawnie, dokąd i pod jakim kluczem mają iść dźwięk i obraz. Niczego tak nie wysłano.
error-answer-unknown = Serwer podał o dźwięku i obrazie coś, co nie należy do żadnej rozmowy. Niczego tak nie wysłano.
error-seal-failed = Część tej strony, która pieczętuje rozmowę, przestała działać.
error-browser-too-old = Ta przeglądarka nie poprowadzi rozmowy: brakuje w niej { $missing }.
error-insecure-page = Tę stronę otwarto bez https, więc przeglądarka nie daje jej kamery ani mikrofonu.
remedy-ask-for-link = Proszę otworzyć łącze dokładnie tak, jak zostało otrzymane, od pierwszego do ostatniego znaku. Jeśli nadal nie działa, proszę poprosić organizatora o ponowne przesłanie.
remedy-ask-for-new-link = Proszę poprosić organizatora o nowe łącze.
remedy-one-link = Proszę zostawić łącze do własnego miejsca i wkleić tylko je.
remedy-other-server = Jeśli ufają Państwo temu serwerowi, proszę otworzyć łącze w pasku adresu.
remedy-renew-link = Proszę poprosić organizatora o nowe łącze, inną drogą niż ta. Nowe zamyka stare.
remedy-new-call = Proszę zwołać nową rozmowę i rozdać jej łącza inną drogą. Potem proszę usunąć tę.
remedy-bad-grant = Proszę tu nie kontynuować. Proszę zapytać organizatora inną drogą, czy łącze jest właściwe, i powiedzieć mu, co podaje ta strona.
remedy-bad-answer = Serwer Incamera tak się nie zachowuje. Proszę spróbować jeszcze raz; jeśli strona poda to samo, proszę tu nie kontynuować i powiedzieć organizatorowi inną drogą, co podaje ta strona.
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
device-microphone-muted = System wyciszył mikrofon. Nie słychać Państwa, dopóki nie zostanie włączony przełącznikiem, na klawiaturze albo w ustawieniach systemu.
device-camera-denied = Przeglądarce zabroniono używać kamery. Można wejść bez obrazu.
device-camera-not-found = Nie znaleziono kamery. Można wejść bez obrazu.
device-camera-in-use = Kamery używa inny program. Proszę go zamknąć, a potem spróbować ponownie.
device-camera-failed = Kamera się nie uruchamia. Proszę podłączyć ją na nowo lub wybrać inną.
device-camera-muted = System nie daje obrazu z kamery. Inni widzą Państwa tabliczkę, dopóki jej przesłona lub przełącznik nie zostanie otwarty.
device-microphone-lost-replaced = Mikrofon został odłączony. Teraz używany jest { $device }.
device-microphone-lost = Mikrofon został odłączony. Nie słychać Państwa.
device-camera-lost-replaced = Kamera została odłączona. Teraz używana jest { $device }.
device-camera-lost = Kamera została odłączona. Inni widzą tabliczkę z nazwiskiem.
device-speaker-lost = Głośnik został odłączony. Dźwięk płynie z głośnika systemu.
device-microphone-returned = { $device } jest znów podłączony jako mikrofon.
device-camera-returned = { $device } jest znów podłączona jako kamera.
device-speaker-returned = { $device } jest znów podłączony. Dźwięk płynie stamtąd.
device-kept = Nie udało się użyć: { $wanted }. Nadal działa { $device }.
device-speaker-kept = Nie udało się użyć: { $wanted }. Dźwięk płynie z głośnika systemu.
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
microphone-muted-by = { $who } (gospodarz) wyciszył Państwa mikrofon. Mogą go Państwo w każdej chwili włączyć.
microphones-full = Wszystkie mikrofony są zajęte. Aby zabrać głos, proszę poprosić kogoś z tych osób o wyciszenie: { $who }.
doors-closed-now = Drzwi są teraz zamknięte.
doors-open-now = Drzwi są teraz otwarte.
floor-given-to = Głos ma: { $who }.
floor-given-to-you = Mają Państwo głos.
screen-share-failed = Nie udało się udostępnić ekranu. Proszę spróbować ponownie.
screen-share-denied = Ekran nie jest udostępniony: nie zezwoliła na to przeglądarka lub system.
screen-share-taken = Ekran udostępnia już { $who }. Proszę najpierw poprosić o zakończenie.
screen-share-taken-over = Teraz ekran udostępnia { $who }. Państwa udostępnianie zakończono.
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
convene-full = Dla tego klucza nie ma już miejsca. Proszę usunąć zakończone rozmowy i spróbować ponownie.
convene-host-link-other = To nie jest łącze do tej rozmowy na tym serwerze. Proszę skopiować całe łącze gospodarza.
convene-host-link-seat = To łącze otwiera tylko jedno miejsce. Nazwiska i łącza otwiera łącze gospodarza, z #host. w środku.
convene-host-link-damaged = To łącze zostało po drodze ucięte lub zmienione. Proszę skopiować całe łącze gospodarza.
convene-too-fast = Zbyt wiele prób w krótkim czasie. Proszę chwilę poczekać, a potem spróbować ponownie.
convene-server-trouble = Serwer nie mógł tego wykonać i nic się nie zmieniło. Proszę spróbować ponownie lub powiadomić operatora.
convene-text-empty = Proszę coś tu wpisać.
convene-text-too-long = Najwyżej { $max } liter: o { $over } za dużo.
convene-text-heavy = Litery mają tu więcej znaków, niż wymaga pismo. Proszę wpisać tekst na nowo.
convene-text-unsafe = Jest tu znak, którego nie można bezpiecznie pokazać. Proszę wpisać tekst na nowo.
convene-no-host = Żadne miejsce nie należy do gospodarza. Proszę przy jednym zaznaczyć „Gospodarz”.
convene-observer-host = Obserwator nie może być gospodarzem.
convene-same-name = Delegacja { $other } ma tę samą nazwę skróconą. Każda potrzebuje własnej.
convene-no-seat = Każda delegacja musi mieć miejsce.
convene-too-few-seats = Rozmowa ma co najmniej dwa miejsca.
convene-too-many-seats = Rozmowa ma najwyżej { $max } miejsc.
convene-too-many-delegations = Rozmowa ma najwyżej { $max } delegacji.
convene-texts-together = Nazwy, nazwiska i stanowiska są łącznie za długie. Proszę skrócić najdłuższe.
convene-minutes-wrong = Proszę wpisać pełne minuty, od 1 do 1440.
convene-start-wrong = Proszę podać pełną datę i godzinę sprzed roku 10000 albo zostawić puste.
convene-start-skipped = W tej strefie zegary są przesuwane do przodu i pomijają tę godzinę. Proszę wybrać inną.
convene-zone-missing = Proszę podać strefę czasową początku rozmowy.
convene-zone-unknown = Nie ma strefy czasowej o tej nazwie. Proszę wybrać z listy, na przykład Europe/Warsaw.
calls-title = Państwa rozmowy
calls-loading = Trwa pobieranie rozmów.
calls-empty = Nie zwołali Państwo jeszcze żadnej rozmowy.
calls-empty-more = Rozmowa potrzebuje tytułu, delegacji i ich miejsc. Potem przekazują Państwo każdemu miejscu jego łącze.
calls-back = Wszystkie rozmowy
call-title-sealed = Tytuł zapieczętowany: ta przeglądarka nie ma sekretu tej rozmowy
call-of = Rozmowa z { $time }
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
form-start-hint = Według zegarów podanej tu strefy. Może pozostać puste.
form-start-own = Według Państwa zegara: { $time }.
form-start-past = Według Państwa zegara: { $time }. To już przeszłość.
form-zone = W strefie czasowej
form-zone-hint = Proszę wpisać miasto po angielsku albo wybrać z listy.
form-minutes = Czas w minutach
form-minutes-hint = Od 1 do 1440. Może pozostać puste.
form-delegations = Delegacje i miejsca
form-delegations-text = W kolejności precedencji. Co najmniej jedno miejsce należy do gospodarza: gospodarz wpuszcza pozostałych.
form-create = Zwołaj rozmowę
form-sending = Rozmowa jest zwoływana
form-alike = Wygląda tak samo jak: { $field }. Można kontynuować, jeśli tak ma być.
form-mistakes =
    { $count ->
        [one] Jedno do poprawienia
        [few] { $count } rzeczy do poprawienia
       *[many] { $count } rzeczy do poprawienia
    }
form-refused =
    { $count ->
        [one] Rozmowy nie zwołano: jedno do poprawienia.
        [few] Rozmowy nie zwołano: { $count } rzeczy do poprawienia.
       *[many] Rozmowy nie zwołano: { $count } rzeczy do poprawienia.
    }
form-draft-kept = To, co Państwo piszą, także nazwiska, pozostaje w tej przeglądarce do zwołania rozmowy albo odrzucenia szkicu.
form-draft-continued = To pozostawiony tu szkic. Pozostaje w tej przeglądarce, także nazwiska, do zwołania rozmowy albo odrzucenia szkicu.
form-draft-not-kept = Ta przeglądarka niczego nie przechowuje: przeładowanie strony usunie wpisany tekst.
form-draft-discard = Odrzuć szkic
form-draft-discard-ask = Odrzucić ten szkic?
form-draft-discard-text = Cały tekst tego formularza zostanie usunięty, tutaj i w tej przeglądarce.
form-draft-discarded = Szkic został odrzucony.
delegation-numbered = Delegacja { $number }
delegation-name = Nazwa
delegation-short = Nazwa skrócona
delegation-short-hint = Na tabliczki. Puste: pełna nazwa.
delegation-short-wanted = Pełna nazwa jest długa jak na tabliczkę: krótszą łatwiej przeczytać.
delegation-zone = Strefa czasowa
delegation-zone-hint = Do godziny podawanej przy łączach. Może pozostać puste.
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
links-not-held = Nazwiska i łącza powstały w przeglądarce, w której zwołano tę rozmowę, a sekret, który je otwiera, nigdy nie dotarł do serwera. Dlatego ta przeglądarka ich nie ma, a serwer nie może ich pokazać. Łącze gospodarza zawiera ten sekret: po wklejeniu go tutaj także ta przeglądarka je pokaże i zachowa.
unlock-label = Łącze gospodarza tej rozmowy
unlock-hint = Znajdowało się nad pozostałymi, a jego ostatnia część zaczyna się od #host.
unlock-do = Pokaż nazwiska i łącza
links-copy-all = Kopiuj wszystkie łącza
links-hosts =
    { $count ->
        [one] Gospodarz: { $who }
       *[other] Gospodarze: { $who }
    }
link-of = Łącze: { $who }
link-time-there = Tam: { $time }
link-of-host = Miejsce gospodarza: to łącze należy wysłać, jeśli zasiądzie tam i poprowadzi rozmowę ktoś inny niż Państwo.
link-new = Nowe łącze
link-new-for = Nowe łącze: { $who }
link-new-text = Obecne łącze natychmiast i na stałe przestanie działać. Nowe otwiera to samo miejsce; kto z nim przyjdzie, tego wpuszcza gospodarz, także po usunięciu.
link-new-do = Utwórz nowe łącze
copy = Kopiuj
copy-link-of = Kopiuj łącze: { $who }
copied = Skopiowano
copy-failed = Przeglądarka nie skopiowała. Proszę zaznaczyć łącze i skopiować je ręcznie.
host-link-title = Państwa własny link gospodarza
host-link-text = Tylko dla Państwa. Otwiera miejsce gospodarza i pozwala wyprowadzić każde inne łącze tej rozmowy: proszę nigdy go nie przekazywać.
host-link-or-seat = Jeśli rozmowę ma prowadzić ktoś inny, proszę wysłać tej osobie łącze jej miejsca z listy poniżej, nigdy to.
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
