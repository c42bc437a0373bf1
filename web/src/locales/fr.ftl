# Écrans d’Incamera, français. Mots : appel, délégation, siège, antichambre, portes, parole, hôte.

## Partout

product = Incamera
tab-title = { $page } · Incamera
who = { $short }, { $name }
who-more = { $who } et { $more ->
    [one] { $more } autre
   *[other] { $more } autres
  }
language = Langue
close = Fermer
cancel = Annuler
dismiss = Retirer
settings = Réglages
on = en marche
off = arrêt
you = vous
microphone = Microphone
camera = Caméra
speaker = Haut-parleur
rehearsal = Répétition
rehearsal-why = Les autres sièges sont tenus par des participants de synthèse.
rehearsal-full = Répétition : les autres sièges sont tenus par des participants de synthèse.
host = Hôte
kind-principal = Chef de délégation
kind-staff = Collaborateur
kind-interpreter = Interprète
kind-observer = Observateur
presence-absent = Absent
presence-waiting = Dans l’antichambre
presence-seated = À la table
presence-lost = Connexion perdue, place gardée
presence-removed = Retiré

## Accueil et ouverture

home-tab = Appels entre délégations
home-title = Appels vidéo et audio entre délégations
home-text = L’organisateur nomme les délégations et remet à chaque siège son lien. Un lien et un navigateur suffisent : ni compte, ni installation.
home-link-title = Vous avez un lien
home-link-label = Lien de votre siège
home-link-hint = Collez-le tel que vous l’avez reçu. Il n’est qu’à vous : ne le transmettez pas.
home-link-open = Ouvrir
home-convene-title = Vous organisez un appel
home-convene-text = Nommez les délégations et leurs sièges, puis remettez les liens. Il vous faut pour cela une clé d’organisateur, remise par l’opérateur de ce serveur.
home-convene-go = Organiser un appel
opening-title = Ouverture de votre siège
opening-text = Le lien est en cours de contrôle. Un instant, je vous prie.
other-tab-title = Cet appel est ouvert dans un autre onglet
other-tab-text = Un siège n’est occupé que par un onglet à la fois. Retournez à l’autre onglet, ou prenez le siège ici : l’autre onglet le quittera.
other-tab-use-here = Prendre le siège dans cet onglet

## Foyer

green-room-seen = Ce que les autres verront
green-room-ready = Avant d’entrer
they-see-you-as = On vous verra ainsi
picture-none = Votre siège n’a pas d’image dans cet appel.
picture-asking = Votre image n’est pas encore là. Autorisez la caméra si le navigateur le demande.
picture-off-own = Votre caméra est arrêtée. On verra votre chevalet.
level = Votre microphone entend
level-say-something = Dites quelques mots : les témoins doivent s’allumer.
level-off = Votre microphone est fermé. Vous pourrez l’ouvrir à la table.
speaker-test = Essai du haut-parleur
speaker-play = Jouer un son
speaker-playing = Un son est joué.
speaker-asking = Avez-vous entendu le son ?
speaker-yes = Oui, entendu
speaker-no = Non
speaker-heard = Vous avez entendu le son : le haut-parleur fonctionne.
speaker-unheard = Augmentez le volume ou choisissez un autre haut-parleur, puis jouez le son de nouveau.
speaker-failed = Aucun son n’a pu y être joué. Choisissez un autre haut-parleur, puis jouez le son de nouveau.
observer-explained = Vous observez : vous voyez et entendez l’appel, et personne ne vous voit ni ne vous entend.
format-video = Appel vidéo
format-voice = Appel audio
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
  }
now-is = Il est { $time }
device-microphone-numbered = Microphone { $number }
device-camera-numbered = Caméra { $number }
device-speaker-numbered = Haut-parleur { $number }
permission-title = Où donner l’autorisation dans ce navigateur
permission-chromium-1 = Dans la barre d’adresse, cliquez sur le signe à gauche de l’adresse.
permission-chromium-2 = Activez « Caméra » et « Microphone ».
permission-chromium-3 = Revenez ici et choisissez « Réessayer ».
permission-firefox-1 = Dans la barre d’adresse, cliquez sur la caméra ou le microphone barré.
permission-firefox-2 = Supprimez la mention « Bloqué » avec la petite croix placée à côté.
permission-firefox-3 = Revenez ici, choisissez « Réessayer », puis « Autoriser ».
permission-safari-1 = Dans le menu Safari, choisissez « Réglages pour ce site web ». Sur un téléphone, touchez le signe à gauche de l’adresse.
permission-safari-2 = Réglez la caméra et le microphone sur « Autoriser ».
permission-safari-3 = Revenez ici et choisissez « Réessayer ».
permission-other-1 = Ouvrez les réglages de votre navigateur pour ce site, le plus souvent à côté de l’adresse.
permission-other-2 = Autorisez la caméra et le microphone.
permission-other-3 = Revenez ici et choisissez « Réessayer ».
enter-antechamber = Entrer dans l’antichambre
take-your-seat = Prendre place
entering = Un instant

## Prêt ou non

ready-title = Prêt ou non
ready-open = Qui est prêt
ready-text-own = Ce que cette page a constaté sur cet appareil et son réseau. Les hôtes le voient aussi ; votre voix et votre image n’y sont pas.
ready-text-host = Ce que la page de chaque siège a constaté avant l’appel, d’après elle-même. Ni voix ni image n’y figurent.
ready-light-go = Prêt
ready-light-caution = Attention
ready-light-nogo = Pas prêt
ready-light-unchecked = Pas encore vérifié
ready-own-go = Cet appareil et son réseau sont prêts pour l’appel.
ready-own-caution = Vous pouvez participer. Quelque chose pourrait être amélioré : voir ci-dessous.
ready-own-nogo = Quelque chose doit être réglé avant l’appel : voir ci-dessous.
ready-own-unchecked = Tout n’a pas encore été vérifié.
ready-measuring = Le réseau est en cours de mesure. Cela prend une dizaine de secondes.
ready-again = Vérifier de nouveau
ready-nothing-said = Ce siège n’a encore rien signalé.
ready-in-green-room = Au foyer
ready-some-unchecked = Pas encore vérifié : { $what }
ready-count = { $light } : { $count }
ready-way = Voie vers le serveur
ready-up = Débit montant
ready-down = Débit descendant
ready-loss = Pertes en chemin
ready-delay = Délai
ready-microphone = Microphone
ready-speaker = Haut-parleur
ready-camera = Caméra
ready-clock = Horloge de l’appareil
ready-sealing = Scellement
ready-page = Page
ready-figure-udp = directe (UDP)
ready-figure-tcp = TCP seulement
ready-figure-nothing = aucun passage
ready-figure-rate = { $mbits } Mbit/s
ready-figure-loss = { $percent } %
ready-figure-delay = { $ms } ms
ready-figure-works = fonctionne
ready-figure-off = éteint
ready-figure-denied = non autorisé
ready-figure-not-found = introuvable
ready-figure-in-use = pris par un autre programme
ready-figure-failed = ne fonctionne pas
ready-figure-muted = coupé par le système
ready-figure-no-sound = aucun son encore
ready-figure-heard = entendu
ready-figure-unheard = pas entendu
ready-figure-clock = à l’heure
ready-figure-clock-ahead = en avance de { $seconds } s
ready-figure-clock-behind = en retard de { $seconds } s
ready-figure-page-current = celle du serveur
ready-figure-page-old = pas celle du serveur
ready-figure-page-other = autre code que votre page
ready-advice-tcp = Ce réseau bloque l’UDP : le son et l’image peuvent saccader. Demandez à son administrateur d’autoriser l’UDP vers ce serveur, ou changez de réseau.
ready-advice-nothing = Ni le son ni l’image ne passent par ce réseau. Utilisez un autre réseau, par exemple celui d’un téléphone mobile, ou demandez à son administrateur.
ready-advice-up = Le débit montant est faible : les autres verront peut-être une image grossière. Préférez un câble au sans-fil et arrêtez les envois de fichiers.
ready-advice-up-none = Même une voix ne parvient pas au serveur. Utilisez un autre réseau.
ready-advice-down = Le débit descendant est faible : des images peuvent s’arrêter, les voix restent. Préférez un câble au sans-fil et arrêtez les téléchargements.
ready-advice-down-none = Même une voix ne revient pas du serveur. Utilisez un autre réseau.
ready-advice-loss = Trop de données se perdent en chemin : des mots peuvent manquer. Rapprochez-vous du point d’accès sans fil ou utilisez un câble.
ready-advice-delay = Le trajet est long : marquez une pause avant de répondre. Un câble, ou un réseau sans détour, le raccourcit.
ready-advice-microphone-off = Allumez le microphone pour le vérifier.
ready-advice-microphone-denied = Autorisez le microphone dans les réglages du navigateur pour cette page.
ready-advice-microphone-not-found = Branchez un microphone : sans lui, personne ne vous entend.
ready-advice-microphone-in-use = Fermez l’autre programme qui utilise le microphone, puis vérifiez de nouveau.
ready-advice-microphone-failed = Rebranchez le microphone ou choisissez-en un autre.
ready-advice-microphone-muted = Rétablissez le microphone à son interrupteur, au clavier ou dans les réglages du système.
ready-advice-microphone-no-sound = Dites quelque chose. Si rien ne change, choisissez un autre microphone ou augmentez son niveau dans les réglages du système.
ready-advice-speaker-untested = Jouez le son pour le vérifier.
ready-advice-speaker-unheard = Augmentez le volume ou choisissez un autre haut-parleur, puis jouez le son de nouveau.
ready-advice-camera-off = Allumez la caméra pour la vérifier.
ready-advice-camera-denied = Autorisez la caméra dans les réglages du navigateur pour cette page, ou participez sans image.
ready-advice-camera-not-found = Branchez une caméra, ou participez sans image.
ready-advice-camera-in-use = Fermez l’autre programme qui utilise la caméra, puis vérifiez de nouveau.
ready-advice-camera-failed = Rebranchez la caméra ou choisissez-en une autre.
ready-advice-camera-muted = Ouvrez le cache de la caméra, ou autorisez-la dans les réglages du système.
ready-advice-clock = Réglez l’horloge de l’appareil, de préférence automatiquement par le réseau : les invitations et les clés portent des dates.
ready-advice-sealing = Ce navigateur ne peut pas sceller le son et l’image. Utilisez une version récente de Firefox, Chrome, Edge ou Safari.
ready-advice-page = Le serveur fournit une page plus récente. Rechargez cette page.
ready-advice-code = La page de ce siège et la vôtre ne sont pas identiques. Rechargez les deux ; si elles diffèrent encore, prévenez l’opérateur.

## Antichambre

antechamber = Antichambre
antechamber-asking = L’hôte est informé de votre arrivée.
antechamber-waiting = L’hôte va vous admettre.
antechamber-waiting-more = Vous n’avez rien à faire. Cette page change d’elle-même quand vous êtes admis.
antechamber-no-host = Aucun hôte n’est encore arrivé. Dès qu’il viendra, il saura que vous attendez. Vous n’avez rien à faire.
antechamber-doors-closed = Les portes sont fermées.
antechamber-doors-closed-more = L’hôte sait que vous attendez et pourra vous admettre quand les portes seront rouvertes. Vous n’avez rien à faire.
antechamber-occupied = Votre siège est occupé depuis un autre appareil.
antechamber-occupied-more = Il a été demandé à l’hôte s’il faut déplacer votre siège ici. Si l’autre appareil est le vôtre, vous pouvez aussi y quitter l’appel.
antechamber-free = L’autre appareil qui occupait votre siège n’est plus là.
antechamber-free-more = Aucun autre hôte n’est présent pour répondre. Dans quelques secondes, le siège est à vous et l’appel continue, scellé de nouveau.
antechamber-since = Vous attendez depuis { $time }.
antechamber-unheard = Personne ne vous voit ni ne vous entend encore.
antechamber-back = Retour au foyer

## Table

controls = Commandes
table-seats = Sièges à la table
announcements = Arrivées et départs
doors-are-open-more = Les portes sont ouvertes : vous pouvez admettre ceux qui attendent.
doors-are-closed-more = Les portes sont fermées : plus personne n’est admis. Qui l’a été peut revenir.
doors-close = Fermer les portes
doors-open = Ouvrir les portes
seated-of = { $seated } sur { $seats } à la table
clock-own = Votre heure :
clock-elapsed = Durée :
mute = Couper le micro
unmute = Ouvrir le micro
whisper = Délégation seule
camera-stop = Couper l’image
camera-start = Montrer l’image
share = Partager
share-stop = Ne plus partager
sharing-now = Vous partagez votre écran : toute la table le voit.
people = Présents
people-close = Fermer la liste des présents
leave = Quitter
key-mute = Fermer, ouvrir le microphone
key-whisper = Parler à votre seule délégation, de nouveau à la table
key-camera = Caméra en marche, à l’arrêt
key-share = Partager votre écran
key-text = Textes
key-people = Présents
key-doors = Fermer, ouvrir les portes
key-antechamber = Antichambre
key-leave = Quitter
shortcuts-on = Des touches seules servent de raccourcis
muted = microphone fermé
mic-open = microphone ouvert
speaking = parle
whispers = à votre seule délégation
muted-but-speaking = Votre microphone est fermé, mais vous parlez. Choisissez « Ouvrir le micro » pour être entendu.
whispering = Seule votre délégation vous entend.
whispering-unheard = Personne ne vous entend en ce moment, ni votre délégation ni la table.
sound-blocked = Votre navigateur retient le son jusqu’à un clic.
sound-hear = Entendre l’appel
alone = Il n’y a encore personne d’autre à la table.
observers = { $count ->
    [one] et { $count } observateur : { $who }
   *[other] et { $count } observateurs : { $who }
  }
observer-state = { $who } ({ $state })
has-floor = A la parole
screen-of = Écran
pin = Afficher { $who } en grand
pinned = épinglé
unpin = Revenir à tous les sièges
floor-give = Donner la parole à { $who }
floor-take = Reprendre la parole à { $who }
large-pinned = En grand : votre choix
large-screen = En grand : un écran partagé
large-floor = En grand : qui a la parole
tile-loading = L’image arrive
tile-paused = Image suspendue, voix gardée
tile-still = L’image est figée
tile-absent = pas encore là
tile-lost = perdu à { $time }, va revenir
tile-shown-large = Affiché en grand
pages = Pages de sièges
page-previous = Page précédente
page-next = Page suivante
page-range = { $first } à { $last } sur { $count }
search-seats = Chercher un siège
search-none = Aucun siège de ce nom
announce-arrived = { $who } : arrivée.
announce-admitted = { $who } : arrivée, admission par { $by }.
announce-returned = { $who } : de retour.
announce-lost = { $who } : connexion perdue. La place est gardée.
announce-departed = { $who } : départ.
announce-waiting = { $who } attend dans l’antichambre.
announce-waiting-many = { $count } personnes attendent dans l’antichambre : { $who }.
announce-text = { $who } a écrit à tous.
announce-text-own = { $who } a écrit à la seule délégation { $to }.
announce-circle-asks = { $who } demande à entrer dans le cercle de la délégation { $to }.

## Comment l’appel est scellé

sealed-short = Scellé : le serveur transporte cet appel et ne peut pas l’ouvrir.
sealed-calls = Scellés : le serveur transporte les appels et ne peut pas les ouvrir.
seal-doors-closed = Les portes sont fermées.
seal-doors-open = Les portes sont ouvertes.
seal-doors-unknown = Aucun hôte n’a encore dit si les portes sont ouvertes.
seal-verified = { $verified } sur { $members } vérifiés.
seal-entering = On vous fait entrer dans l’appel scellé.
seal-recovering = L’appel est en train d’être scellé à nouveau.
seal-unconfirmed = Un hôte confirme votre siège.
seal-no-answer = Le serveur ne répond pas.
seal-joining = { $who } { $count ->
    [one] entre
   *[other] entrent
  } dans l’appel.
seal-silent = { $who } { $count ->
    [one] ne donne
   *[other] ne donnent
  } plus signe.
seal-absent = { $who } { $count ->
    [one] ne répond
   *[other] ne répondent
  } pas.
seal-unproven = Connexion : le son et les images de « { $who } » ne peuvent pas être prouvés en ce moment. { $count ->
    [one] Ce siège est retenu
   *[other] Ces sièges sont retenus
  } en attendant.
seal-unverified = { $who } { $count ->
    [one] n’a
   *[other] n’ont
  } pas passé la vérification.
seal-starved = { $who } { $count ->
    [one] envoie
   *[other] envoient
  }, et rien n’en arrive ici.
seal-code-differs = { $who } { $count ->
    [one] exécute
   *[other] exécutent
  } un autre code que cette page.
seal-no-host = Aucun hôte n’a répondu depuis un instant.
seal-unsure = Tout ne peut pas être vérifié en ce moment.
seal-stopped = Arrêté : ce que disent les autres sièges ne correspond pas à ce que vous voyez.
seal-stopped-no-host = Arrêté : aucun signe d’un hôte depuis 15 secondes.
seal-stopped-unanswered = Rien n’est envoyé pour l’instant : personne d’autre n’a répondu depuis 15 secondes.
seal-removal-withheld = L’exclusion de { $who } est retenue par le serveur : rien de vous n’est envoyé tant que { $count ->
    [one] ce siège n’est pas sorti
   *[other] ces sièges ne sont pas sortis
  }.
seal-wrong = Quelque chose dans cet appel n’est pas comme il le faudrait.
seal-bad-plan = La liste des sièges que le serveur a donnée n’est pas celle que l’organisateur a signée.
seal-removed = Un hôte a retiré votre siège.
seal-forged = Du son ou des images sous le nom de « { $who } » étaient falsifiés. Ils ont été écartés ; ce que { $count ->
    [one] ce siège envoie
   *[other] ces sièges envoient
  } vraiment passe toujours.
seal-different = { $who } { $count ->
    [one] voit d’autres mots : ce siège est arrêté.
   *[other] voient d’autres mots : ces sièges sont arrêtés.
  }
seal-device-changed = { $who } { $count ->
    [one] a
   *[other] ont
  } changé d’appareil.
seal-recovered = { $who } { $count ->
    [one] a
   *[other] ont
  } scellé l’appel à nouveau.
seal-recovered-anyone = L’appel a été scellé à nouveau.
sealing-verified = Siège vérifié
sealing-joining = Entre dans l’appel
sealing-silent = Ne donne plus signe
sealing-absent = Ne répond pas
sealing-unproven = Connexion : pas de preuve en ce moment, retenu en attendant
sealing-forged = Quelqu’un a falsifié son image ou sa voix : écarté, seul ce qui est prouvé passe
sealing-different = Arrêt : voit d’autres mots
sealing-changed = Sur un autre appareil, pas encore accepté
sealing-unverified = Siège non vérifié
tile-sealing-joining = entre dans l’appel
tile-sealing-absent = ne répond pas
tile-sealing-unproven = connexion : sans preuve
tile-sealing-forged = faux écartés
tile-sealing-different = arrêt : d’autres mots
tile-sealing-changed = autre appareil
tile-sealing-unverified = non vérifié
sending-unconfirmed-picture = Votre voix et votre image ne sont pas encore envoyées : un hôte est en train de vous confirmer.
sending-unconfirmed-voice = Votre voix n’est pas encore envoyée : un hôte est en train de vous confirmer.
sending-stopped-picture = Votre voix et votre image ne sont pas envoyées pour l’instant. L’envoi reprendra de lui-même dès que la situation sera éclaircie.
sending-stopped-voice = Votre voix n’est pas envoyée pour l’instant. L’envoi reprendra de lui-même dès que la situation sera éclaircie.
device-changed-ask = { $who } : retour sur un autre appareil. Rien de ce siège n’est vu ni entendu ici tant que vous n’acceptez pas cet appareil. Interrogez d’abord cette personne par une autre voie.
device-accept = Accepter cet appareil
device-accept-who = Accepter cet appareil : { $who }
vouched-title = Qui a fait entrer qui
vouched-by = Admission par { $who }
code-other = Déclare exécuter un autre code que cette page
how-title = Comment cet appel est scellé
how-calls = Comment les appels sont scellés
how-text = Ce qui est dit, montré ou écrit est scellé sur l’appareil qui l’envoie et n’est ouvert que sur les appareils à la table. À la table, cette page montre aussi qui a fait entrer qui.
how-now = En ce moment
how-protects = Ce qui est protégé
how-protects-content = Les voix, les images, les écrans partagés, les textes, ainsi que les noms et titres de tous les sièges. Le serveur et son opérateur les transportent et ne peuvent pas les ouvrir.
how-protects-table = Qui siège à la table. Seul un hôte fait entrer quelqu’un, et chaque appareil à la table vérifie lui-même l’invitation. Le serveur ne peut ajouter personne à l’écoute.
how-protects-past = Ce qui a été dit avant l’arrivée de quelqu’un, et ce qui est dit après son départ ou son retrait : cette personne ne peut pas l’ouvrir.
how-protects-stops = Rien ne sort sans être scellé. Si quelque chose ne concorde pas, l’envoi s’arrête, et la ligne du haut dit pourquoi et avec qui.
how-protects-later = Ce qui est enregistré en chemin aujourd’hui reste fermé aux ordinateurs quantiques des années à venir.
how-not = Ce qui n’est pas protégé
how-not-code = Une page modifiée. L’opérateur du serveur pourrait donner à un navigateur une page modifiée, et entendre alors ce que ce siège entend.
how-not-device = Un appareil qu’un tiers contrôle, à n’importe quel siège.
how-not-film = Un téléphone qui filme un écran, ou un enregistreur à côté du haut-parleur.
how-not-voice = Une voix imitée. La comparaison des mots de vive voix n’en protège pas : prenez une autre ligne si l’enjeu le demande.
how-not-traces = Ce que le serveur doit voir : quels sièges sont connectés, d’où, quand, combien ils envoient, quand leur microphone est fermé, quelles images ils demandent.
how-not-delay = Un retrait que le serveur retient. Le siège retiré peut alors suivre pendant 15 secondes au plus, jusqu’à ce que chaque appareil s’arrête de lui-même.
how-not-link = Un lien en de mauvaises mains. Qui le détient peut demander à entrer sous ce nom, et l’hôte décide.
how-not-host = Le lien de l’hôte en de mauvaises mains. Qui le détient est l’organisateur ; le seul remède est un nouvel appel.
how-not-off = Une interruption. L’opérateur du serveur peut mettre fin à tout appel.
how-not-denial = Le démenti. Ce qu’un siège envoie est signé, et un autre siège peut le montrer à un tiers.
how-not-quantum = Un faussaire muni d’un ordinateur quantique pendant l’appel : les signatures sont celles d’aujourd’hui.
print-title = Détails techniques
print-code = Code de cette page
print-group = Groupe
print-epoch = Époque
print-sealed = Trames scellées
print-opened = Trames ouvertes
print-refused = Trames refusées

## Les mots de l’appel

check-go = Comparer les mots
check-why = Six mots montrent si tous les appareils ont les mêmes clés : un hôte les lit à voix haute, et chaque siège dit s’il voit les mêmes.
check-ask-host = Tout hôte peut demander la comparaison des mots.
check-title = Les mots de cet appel
check-over = Les mots ont été comparés
check-read-out = Lisez les six mots à voix haute, lentement. Chaque siège dit ensuite s’il voit les mêmes.
check-listen = L’hôte les lit à voix haute : { $chair }. Voyez-vous les mêmes mots ?
check-words = Mots
check-language = Langue des mots : { $language }, celle de l’hôte. Les chiffres disent la même chose.
check-left = encore { $time }
check-same = Les mêmes
check-different = Différents
check-different-means = « Différents » arrête aussitôt votre son et votre image, et tous apprennent qu’il s’agit de votre siège.
check-own-same = Votre réponse : les mêmes.
check-own-different = Votre réponse : différents. Votre son et votre image sont arrêtés, et tous en ont été informés. Joignez l’hôte par une autre voie.
check-answers = Réponses
check-no-answer = sans réponse
check-result-different = { $who } { $count ->
    [one] voit d’autres mots : le son et l’image de ce siège
   *[other] voient d’autres mots : le son et l’image de ces sièges
  } sont arrêtés.
check-result-missing = Sans réponse : { $who }.
check-result-all-same = Tous les sièges interrogés voient les mêmes mots.
check-result-so-far = { $count ->
    [one] { $count } réponse est attendue.
   *[other] { $count } réponses sont attendues.
  }
check-cloned = Une voix peut être imitée, et ceci n’en protège pas : si l’enjeu le demande, comparez les mots par une autre ligne.
check-goes-on = Les mots de cet appel sont en train d’être comparés.
check-answered = Tous ont répondu.
check-compared-at = Les mots ont été comparés à { $time }.
check-show = Montrer les mots
check-not-now = Les mots ne peuvent pas être comparés maintenant. Réessayez dans un instant.

## Textes

text = Texte
text-to-all = à tous à la table
text-close = Fermer les textes
text-log = Ce qui a été écrit
text-empty = Rien n’a encore été écrit. Toute la table lit ce qui est écrit ici ; qui arrive plus tard ne le lit pas.
text-since = Les textes ne sont gardés sur aucun appareil. Cette page montre ceux écrits depuis { $time }.
text-gap = Rien de ce qui a été écrit entre { $from } et { $to } n’est arrivé ici : cette page n’était pas dans l’appel. Demandez aux autres s’il vous le faut.
text-write = Écrire à tous
text-keys = Entrée envoie ; Maj et Entrée passent à la ligne.
text-left = { $count ->
    [one] encore { $count } caractère
   *[other] encore { $count } caractères
  }
text-too-long = Au plus { $max } caractères : { $over } de trop.
text-send = Envoyer à tous
text-waiting = en attente d’envoi
text-unread = { $count ->
    [one] { $count } nouveau texte
   *[other] { $count } nouveaux textes
  }
text-not-sent = Le texte n’a pas été envoyé. Réessayez dans un instant.

## Le cercle de la délégation : seuls ses sièges lisent ce qui y est écrit. to : la délégation, en bref

text-choice = Qui le lit
text-tab-all = À tous
text-tab-own = À la délégation { $to }
text-log-own = Ce qui a été écrit à la délégation { $to }
text-empty-own = Rien n’a encore été écrit. Seuls ceux de la délégation { $to } qui sont dans ce cercle lisent ce qui est écrit ici ; qui arrive plus tard ne le lit pas.
text-write-own = Écrire à la seule délégation { $to }
text-send-own = Envoyer à { $to }
circle-in = Dans le cercle : { $who }
circle-unsure = Y sont aussi, sans vérification en ce moment : { $who }
circle-queue = À admettre dans le cercle de la délégation { $to } : { $count }
circle-admit-who = Admettre { $who } dans le cercle de la délégation { $to }
circle-opening = Le cercle de la délégation { $to } s’ouvre. Si un autre chef l’a ouvert, c’est lui qui vous admet.
circle-waits = Le cercle de la délégation { $to } ne vous est pas encore ouvert : son chef vous admet.
circle-headless = Le cercle de la délégation { $to } s’ouvre quand son chef est à la table.
circle-recovering = Vous revenez dans le cercle de la délégation { $to }.
circle-alone = Personne d’autre de la délégation { $to } n’est encore dans le cercle.
circle-unconfirmed = Le chef confirme votre place dans le cercle de la délégation { $to }.
circle-no-head = Rien ne part vers la délégation { $to } pour l’instant : son chef n’a pas répondu depuis un moment.
circle-unanswered = Rien ne part vers la délégation { $to } pour l’instant : personne d’autre n’a répondu depuis un moment.
circle-different = Rien de vous ne part vers la délégation { $to } : vous avez vu d’autres mots. Joignez le chef par une autre voie.
circle-not-compared = Mots pas encore comparés.
circle-check-go = Comparer les mots
circle-check-title = Les mots du cercle de la délégation { $to }
circle-check-read-out = Faites comparer ces six mots par les vôtres : dans la salle ou par téléphone. Chacun dit ensuite s’il voit les mêmes.
circle-check-listen = Le chef a ces mots : { $chair }. Comparez-les dans la salle ou par téléphone. Voyez-vous les mêmes ?
circle-check-language = Langue des mots : { $language }, celle du chef. Les chiffres disent la même chose.
circle-check-different-means = « Différents » arrête aussitôt ce que vous écrivez au cercle, et tous ceux qui y sont apprennent que c’était votre siège.
circle-check-own-different = Votre réponse : différents. Rien de vous ne part plus vers le cercle, et tous ceux qui y sont le savent. Joignez le chef par une autre voie.
circle-check-result-different = { $who } { $count ->
    [one] voit d’autres mots : ce que ce siège écrit
   *[other] voient d’autres mots : ce que ces sièges écrivent
  } au cercle est arrêté.

## Quitter la table, terminer l’appel

leave-title = Quitter l’appel ?
leave-text = Pour revenir, utilisez de nouveau votre lien : l’hôte devra vous admettre une nouvelle fois.
leave-text-host = L’appel continue sans vous. Pour revenir, utilisez de nouveau votre lien.
leave-text-waiting = { $count ->
    [one] { $count } texte n’est pas encore envoyé. Il est perdu si vous partez.
   *[other] { $count } textes ne sont pas encore envoyés. Ils sont perdus si vous partez.
  }
leave-stay = Rester
leave-go = Quitter l’appel
end-for-all = Terminer l’appel pour tous
end-title = Terminer « { $call } » pour tous ?
end-text = { $count ->
    [one] { $count } siège est à la table. L’appel se termine aussitôt et ses liens cessent de fonctionner.
   *[other] { $count } sièges sont à la table. L’appel se termine aussitôt pour tous et ses liens cessent de fonctionner.
  }
end-action = Terminer pour tous
leaving-left = Vous avez quitté l’appel.
leaving-ended = L’appel est terminé.
leaving-removed = L’hôte a retiré votre siège de la table.
leaving-refused = L’hôte ne vous a pas admis.
recorded-title = Ce qui a été enregistré à votre sujet
recorded-seat = Siège
recorded-arrival = Arrivée
recorded-departure = Départ
recorded-length = Temps à la table
recorded-nothing-else = Rien d’autre : ni image, ni voix, ni aucune parole échangée.
recorded-nothing = Rien. Vous n’avez pas pris place à la table.
return-title = Revenir
return-left = Votre lien fonctionne toujours. L’hôte devra vous admettre de nouveau, sauf si vous êtes l’hôte.
return-ended = Cet appel est terminé. Pour un autre, l’organisateur vous enverra un nouveau lien.
return-removed = Votre lien ne fonctionne plus. Demandez-en un nouveau à l’organisateur.
return-refused = Votre lien fonctionne toujours. Joignez d’abord l’hôte par une autre voie, puis demandez de nouveau.
return-go = Retour au foyer

## Présents et antichambre

queue-title = Antichambre : { $count }
queue-empty = Personne n’attend.
queue-since = Attend depuis { $time }, { $minutes ->
    [0] moins d’une minute
    [one] { $minutes } minute
   *[other] { $minutes } minutes
  }
queue-occupied-more = Ce siège est occupé depuis un autre appareil, et qui s’y trouve en a été averti. Le déplacer retire cet appareil de la table.
claim-verified = avec l’invitation
claim-checking = L’invitation est en cours de vérification.
claim-not-a-grant = Se présente sans invitation à cet appel.
claim-wrong-seat = Se présente avec l’invitation d’un autre siège.
claim-expired = L’invitation a expiré. L’organisateur peut créer un nouveau lien.
claim-closed = Le lien de ce siège a été fermé. L’organisateur peut en créer un nouveau.
claim-bad-package = Ce que cet appareil a envoyé est endommagé. Il faut y recharger la page.
claim-wrong-clock = L’horloge de cet appareil ou la vôtre est fausse d’une heure ou plus. Réglez-la, puis rechargez-y la page.
claim-other-device = A l’invitation, mais vient d’un autre appareil qu’auparavant. Interrogez d’abord cette personne par une autre voie.
admit-not-verified = { $who } : pas d’invitation à ce siège, donc pas d’admission.
queue-doors-closed = Les portes sont fermées.
queue-all = Voir les { $count }
knock-tell = Si vous regardez ailleurs, le titre de cette page dit qui attend. En outre :
knock-sound = un son discret
knock-notice = une notification du système, sans noms
knock-notice-impossible = Ce navigateur n’affiche pas de notifications pour cette page.
knock-title = ({ $count }) { $call }
knock-waits = Quelqu’un attend dans l’antichambre.
admit = Admettre
admit-move = Déplacer le siège
admit-who = Admettre { $who }
admit-move-who = Déplacer le siège : { $who }
admit-all = Admettre tous les vérifiés
refuse = Refuser
refuse-who = Refuser { $who }
remove-who = Retirer { $who }
mute-who = Couper le micro de { $who }
remove-title = Retirer { $who } de la table ?
remove-text = Cette personne part aussitôt, et le lien de ce siège est fermé pour de bon. Pour revenir, il lui faudra un nouveau lien : pour l’organisateur, c’est un clic.
remove-action = Retirer

## Erreurs qui terminent l’écran d’un appel

error-tab = L’appel ne peut pas être affiché
error-code = Pour votre opérateur : { $code }
error-bad-link = Ce n’est pas le lien d’un siège.
error-link-no-secret = Ce lien a perdu sa dernière partie, celle qui suit #.
error-link-cut = Ce lien a été coupé à la fin.
error-link-changed = Ce lien a été modifié en route : sa dernière partie n’est plus ce qu’elle était.
error-link-several = Il y a plus d’un lien ici.
error-link-elsewhere = Ce lien appartient à un autre serveur.
error-link-exposed = Un programme de courrier ou une passerelle a modifié ce lien, si bien que son secret est parvenu au serveur. Il n’ouvre plus rien.
error-host-link-exposed = Un programme de courrier ou une passerelle a modifié ce lien de l’hôte, si bien que le secret de tout l’appel est parvenu au serveur. Il n’ouvre plus rien.
error-link-wrapped = Ce lien se trouve dans l’adresse d’un autre serveur, qui a appris son secret. Il n’ouvre rien.
error-host-link-wrapped = Ce lien de l’hôte se trouve dans l’adresse d’un autre serveur, qui a appris le secret de tout l’appel. Il n’ouvre rien.
error-paste = Coller le lien à la main
error-unknown-call = Ce serveur ne connaît pas cet appel.
error-unknown-link = Ce lien n’ouvre aucun siège.
error-link-closed = Ce lien ne fonctionne plus.
error-call-ended = Cet appel est terminé.
error-seat-occupied = Votre siège est occupé depuis un autre appareil.
error-refused = L’hôte ne vous a pas admis.
error-seat-moved = Votre siège est désormais occupé depuis un autre appareil.
error-unsupported-version = Cette page est plus ancienne ou plus récente que le serveur.
error-server-full = Le serveur ne peut plus accepter de connexion pour l’instant.
error-storage-unavailable = Le serveur ne peut pas écrire ce qu’il doit conserver.
error-going-away = Le serveur redémarre.
error-internal = Le serveur a commis une erreur.
error-unreachable = Le serveur ne répond pas.
error-too-fast = Trop de tentatives en peu de temps.
error-bad-grant = Le serveur a donné quelque chose qui n’appartient pas à cette invitation.
error-answer-extension = Le serveur voulait, à côté de votre voix et de votre image, des indications qui montrent à quel volume quelqu’un parle. Rien n’a été envoyé ainsi.
error-answer-codec = Le serveur voulait votre voix ou votre image sous une forme dont les tailles et les pauses montrent ce qui est dit. Rien n’a été envoyé ainsi.
error-answer-lines = Le serveur voulait de cette page d’autres voix et images que convenu. Rien n’a été envoyé ainsi.
error-answer-transport = Le serveur n’a pas dit correctement où et sous quelle clé le son et les images doivent aller. Rien n’a été envoyé ainsi.
error-answer-unknown = Le serveur a dit au sujet du son et des images quelque chose qui n’appartient à aucun appel. Rien n’a été envoyé ainsi.
error-seal-failed = La partie de cette page qui scelle l’appel a cessé de fonctionner.
error-browser-too-old = Ce navigateur ne peut pas porter l’appel : il lui manque { $missing }.
error-insecure-page = Cette page a été ouverte sans https : le navigateur ne lui donne ni caméra ni microphone.
remedy-ask-for-link = Ouvrez le lien exactement tel que vous l’avez reçu, de la première à la dernière lettre. S’il échoue encore, demandez à l’organisateur de le renvoyer.
remedy-ask-for-new-link = Demandez un nouveau lien à l’organisateur.
remedy-one-link = Gardez celui de votre propre siège et collez-le seul.
remedy-other-server = Si vous faites confiance à ce serveur, ouvrez le lien dans la barre d’adresse.
remedy-renew-link = Demandez un nouveau lien à l’organisateur, par une autre voie que celle-ci. Le nouveau ferme l’ancien.
remedy-new-call = Organisez un nouvel appel et remettez ses liens par une autre voie. Puis supprimez celui-ci.
remedy-bad-grant = N’allez pas plus loin ici. Demandez à l’organisateur, par une autre voie, si le lien est le bon, et dites-lui ce que cette page affiche.
remedy-bad-answer = Aucun serveur Incamera ne se comporte ainsi. Réessayez une fois ; si la page affiche la même chose, n’allez pas plus loin ici et dites à l’organisateur, par une autre voie, ce que cette page affiche.
remedy-ended = Si vous attendiez un autre appel, demandez son lien à l’organisateur.
remedy-other-machine = Utilisez l’appareil qui occupe le siège. Si ce n’est pas le vôtre, prévenez l’hôte aussitôt par une autre voie.
remedy-ask-host = Joignez l’hôte par une autre voie, puis ouvrez de nouveau votre lien.
remedy-reload = Rechargez cette page. Si cela n’aide pas, prévenez l’opérateur de ce serveur.
remedy-browser = Utilisez une version récente de Firefox, Chrome, Edge ou Safari.
remedy-https = Ouvrez votre lien avec https au début.
remedy-wait = Attendez un instant, puis réessayez.
remedy-network = Contrôlez votre réseau, puis réessayez.
remedy-operator = Prévenez l’opérateur de ce serveur. Ce qui était conservé le reste.

## Ce que dit l’appel

device-microphone-denied = Le navigateur a reçu l’ordre de ne pas utiliser le microphone. On ne vous entend pas tant que vous ne l’autorisez pas.
device-microphone-not-found = Aucun microphone trouvé. Branchez-en un : il sera utilisé de lui-même.
device-microphone-in-use = Un autre programme tient le microphone. Fermez ce programme, puis réessayez.
device-microphone-failed = Le microphone ne démarre pas. Rebranchez-le ou choisissez-en un autre.
device-microphone-muted = Le système a coupé votre microphone. On ne vous entend pas tant qu’il n’est pas rétabli à son interrupteur, au clavier ou dans les réglages du système.
device-camera-denied = Le navigateur a reçu l’ordre de ne pas utiliser la caméra. Vous pouvez entrer sans image.
device-camera-not-found = Aucune caméra trouvée. Vous pouvez entrer sans image.
device-camera-in-use = Un autre programme tient la caméra. Fermez ce programme, puis réessayez.
device-camera-failed = La caméra ne démarre pas. Rebranchez-la ou choisissez-en une autre.
device-camera-muted = Le système ne donne rien de votre caméra. Les autres voient votre plaque tant que son cache ou son interrupteur n’est pas ouvert.
device-microphone-lost-replaced = Votre microphone a été débranché. { $device } est maintenant utilisé.
device-microphone-lost = Votre microphone a été débranché. On ne vous entend pas.
device-camera-lost-replaced = Votre caméra a été débranchée. { $device } est maintenant utilisé.
device-camera-lost = Votre caméra a été débranchée. On voit votre chevalet.
device-speaker-lost = Votre haut-parleur a été débranché. Le son passe par celui du système.
device-microphone-returned = { $device } est de nouveau branché : c’est votre microphone.
device-camera-returned = { $device } est de nouveau branché : c’est votre caméra.
device-speaker-returned = { $device } est de nouveau branché. Le son en vient.
device-kept = { $wanted } n’a pas pu être utilisé. { $device } reste en service.
device-speaker-kept = { $wanted } n’a pas pu être utilisé. Le son vient du haut-parleur du système.
device-insecure-page = Sans https, le navigateur ne donne ni caméra ni microphone. Ouvrez votre lien avec https.
network-checking = La voie vers le serveur est en cours de mesure.
network-good = Le réseau est bon.
network-slow = Le réseau est lent. Votre voix sera gardée ; des images peuvent être suspendues.
network-offline = Le serveur ne répond pas. Contrôlez votre réseau.
connection-weak-picture-paused = Votre connexion est faible : l’image de { $who } est suspendue, sa voix est gardée.
connection-lost-returning = { $who } : perdu à { $since }, va revenir
own-connection-weak = Votre connexion est faible. Des images peuvent être suspendues ; votre voix est gardée.
own-connection-unheard = Votre voix n’atteint pas le serveur. La connexion est en cours de rétablissement.
signal-reconnecting = Le serveur ne répond pas. Votre siège est gardé et vous reviendrez de vous-même.
server-restarting = Le serveur redémarre. Votre siège est gardé et vous reviendrez de vous-même.
media-reconnecting = Le son et les images sont en cours de rétablissement.
media-failed = Le son et les images ne passent pas par ce réseau. Essayez un autre réseau ou adressez-vous à son administrateur.
seat-claimed = Un autre appareil demande votre siège avec votre lien. L’hôte a été consulté. Si ce n’est pas vous, dites-le à l’hôte.
microphone-closed-for = Votre microphone a été fermé pour faire place à { $who }.
microphone-muted-by = { $who }, hôte, a coupé votre micro. Vous pouvez le rouvrir à tout moment.
microphones-full = Tous les microphones sont pris. Pour être entendu, demandez à l’un d’eux de fermer le sien : { $who }.
doors-closed-now = Les portes sont maintenant fermées.
doors-open-now = Les portes sont maintenant ouvertes.
floor-given-to = { $who } a la parole.
floor-given-to-you = Vous avez la parole.
screen-share-failed = L’écran n’a pas pu être partagé. Réessayez.
screen-share-denied = L’écran n’est pas partagé : le navigateur ou le système ne l’a pas permis.
screen-share-taken = { $who } partage déjà un écran. Demandez d’abord que ce partage cesse.
screen-share-taken-over = { $who } partage maintenant un écran. Votre partage a pris fin.
not-permitted = Votre siège n’en a pas le droit.
wrong-state = Ce n’est plus possible : quelque chose a changé entre-temps.
too-fast = C’était trop rapide. Attendez un instant, puis réessayez.
server-trouble = Le serveur n’a pas pu le faire. Réessayez.
action-try-again = Réessayer
action-turn-on = Mettre en marche
action-choose-device = Choisir un appareil
action-reload = Recharger la page

## Organisation

convene-tab = Organisation
convene-key-title = Organiser un appel
convene-key-text = La clé d’organisateur montre que vous pouvez organiser des appels sur ce serveur. L’opérateur vous la remet.
convene-key-label = Clé d’organisateur
convene-key-hint = 43 lettres, chiffres, tirets et traits de soulignement. Elle n’est gardée que dans cet onglet.
convene-key-enter = Continuer
convene-key-checking = Contrôle de la clé
convene-key-forget = Oublier la clé
convene-key-malformed = Une clé d’organisateur compte 43 lettres, chiffres, tirets et traits de soulignement. Copiez-la en entier.
convene-key-unknown = Ce serveur ne connaît pas cette clé. Demandez-en une valable à l’opérateur.
convene-offline = Le serveur ne répond pas. Contrôlez votre réseau, puis réessayez.
convene-plan-refused = Le serveur n’a pas accepté l’appel : { $why }
convene-call-gone = Cet appel n’existe plus.
convene-call-exists = Un appel portant ce numéro existe déjà. Créez-le une nouvelle fois.
convene-full = Il n’y a plus de place pour cette clé. Supprimez des appels terminés, puis réessayez.
convene-host-link-other = Ce n’est pas un lien vers cet appel sur ce serveur. Copiez le lien de l’hôte en entier.
convene-host-link-seat = Ce lien n’ouvre qu’un siège. C’est le lien de l’hôte, avec #host., qui ouvre les noms et les liens.
convene-host-link-damaged = Ce lien a été coupé ou modifié en route. Copiez le lien de l’hôte en entier.
convene-too-fast = Trop de tentatives en peu de temps. Attendez un instant, puis réessayez.
convene-server-trouble = Le serveur n’a pas pu le faire et rien n’a changé. Réessayez ou prévenez l’opérateur.
convene-text-empty = Écrivez quelque chose ici.
convene-text-too-long = Au plus { $max } lettres : { $over } de trop.
convene-text-heavy = Les lettres portent ici plus de signes que l’écriture n’en demande. Saisissez ce texte de nouveau.
convene-text-unsafe = Un caractère ne peut pas être affiché sans risque. Saisissez ce texte de nouveau.
convene-no-host = Aucun siège n’est celui de l’hôte. Cochez « Hôte » pour l’un d’eux.
convene-observer-host = Un observateur ne peut pas être l’hôte.
convene-same-name = La délégation { $other } a aussi ce nom court. Donnez à chacune le sien.
convene-no-seat = Chaque délégation doit avoir un siège.
convene-too-few-seats = Un appel compte au moins deux sièges.
convene-too-many-seats = Un appel compte au plus { $max } sièges.
convene-too-many-delegations = Un appel compte au plus { $max } délégations.
convene-texts-together = Les noms et les titres sont trop longs dans leur ensemble. Raccourcissez les plus longs.
convene-minutes-wrong = Écrivez un nombre entier de minutes, de 1 à 1440.
convene-start-wrong = Indiquez une date et une heure complètes avant l’an 10000, ou laissez vide.
convene-start-skipped = Dans ce fuseau, les horloges avancent et sautent cette heure. Choisissez-en une autre.
convene-zone-missing = Indiquez le fuseau horaire du début.
convene-zone-unknown = Aucun fuseau horaire ne porte ce nom. Choisissez dans la liste, par exemple Europe/Brussels.
calls-title = Vos appels
calls-loading = Les appels sont en cours de chargement.
calls-empty = Vous n’avez pas encore organisé d’appel.
calls-empty-more = Il faut un titre, des délégations et leurs sièges. Vous remettez ensuite à chaque siège son lien.
calls-back = Tous les appels
call-title-sealed = Titre scellé : ce navigateur ne détient pas le secret de cet appel
call-of = Appel du { $time }
call-new = Nouvel appel
call-new-text = L’ordre des délégations est leur ordre de préséance : à l’écran, dans les listes, à la table.
call-convened-at = Organisé le { $time }
call-starts-at = Commence le { $time }
call-size = { $delegations ->
    [one] { $delegations } délégation
   *[other] { $delegations } délégations
  }, { $seats ->
    [one] { $seats } siège
   *[other] { $seats } sièges
  }
phase-convened = Prévu
phase-open = En cours
phase-adjourned = Terminé
form-title = Titre de l’appel
form-title-hint = Tous les présents le liront.
form-format = Forme
form-format-video = Vidéo et audio
form-format-voice = Audio seulement
form-start = Début
form-start-hint = À l’heure du fuseau indiqué ici. Peut rester vide.
form-start-own = À votre propre heure : { $time }.
form-start-past = À votre propre heure : { $time }. C’est dans le passé.
form-zone = Dans le fuseau horaire
form-zone-hint = Saisissez une ville, ou choisissez dans la liste.
form-minutes = Durée en minutes
form-minutes-hint = De 1 à 1440. Peut rester vide.
form-delegations = Délégations et sièges
form-delegations-text = Par ordre de préséance. Au moins un siège est celui de l’hôte : l’hôte admet les autres.
form-create = Créer l’appel
form-sending = Création de l’appel
form-alike = Ressemble à s’y méprendre à : { $field }. Continuez si c’est voulu.
form-mistakes =
    { $count ->
        [one] Un point est à corriger
       *[other] { $count } points sont à corriger
    }
form-refused =
    { $count ->
        [one] L’appel n’a pas été créé : un point est à corriger.
       *[other] L’appel n’a pas été créé : { $count } points sont à corriger.
    }
form-draft-kept = Ce que vous écrivez, noms compris, est gardé dans ce navigateur jusqu’à la création de l’appel ou jusqu’à ce que vous l’effaciez.
form-draft-continued = Voici le brouillon que vous aviez laissé. Il est gardé dans ce navigateur, noms compris, jusqu’à la création de l’appel ou jusqu’à ce que vous l’effaciez.
form-draft-not-kept = Ce navigateur ne garde rien : si la page est rechargée, ce que vous écrivez ici est perdu.
form-draft-discard = Effacer le brouillon
form-draft-discard-ask = Effacer ce brouillon ?
form-draft-discard-text = Tout ce qui est écrit dans ce formulaire est effacé, ici et dans ce navigateur.
form-draft-discarded = Le brouillon est effacé.
delegation-numbered = Délégation { $number }
delegation-name = Nom
delegation-short = Nom court
delegation-short-hint = Pour les chevalets. Vide : le nom entier.
delegation-short-wanted = Le nom entier est long pour un chevalet : un nom court se lira mieux.
delegation-zone = Fuseau horaire
delegation-zone-hint = Pour l’heure jointe à ses liens. Peut rester vide.
delegation-add = Ajouter une délégation
seat-numbered = Siège { $number }
seat-name = Nom de la personne
seat-title = Titre de la personne
seat-kind = Siège en qualité de
seat-host = Hôte
seat-add = Ajouter un siège
seat-add-to = à { $what }
move-up = Monter { $what }
move-down = Descendre { $what }
moved-to = { $what } : numéro { $place } sur { $count }.
remove-from-form = Retirer { $what }
removed-from-form = { $what } : retiré.
links-title = Liens à remettre
links-text = Chaque lien ouvre un siège à qui le détient. Envoyez chacun à la seule personne concernée, par une voie en laquelle vous avez confiance.
links-not-held = Les noms et les liens ont été créés dans le navigateur qui a convoqué cet appel, et le secret qui les ouvre n’est jamais parvenu au serveur. Ce navigateur ne les a donc pas et le serveur ne peut pas les montrer. Le lien de l’hôte porte ce secret : collez-le ici, et ce navigateur les montrera et les gardera aussi.
unlock-label = Le lien de l’hôte de cet appel
unlock-hint = Il figurait au-dessus des autres, et sa dernière partie commence par #host.
unlock-do = Montrer les noms et les liens
links-copy-all = Copier tous les liens
links-hosts =
    { $count ->
        [one] Hôte : { $who }
       *[other] Hôtes : { $who }
    }
link-of = Lien de { $who }
link-time-there = Là-bas : { $time }
link-of-host = Un siège d’hôte : envoyez ce lien si une autre personne que vous y siège et préside.
link-new = Nouveau lien
link-new-for = Nouveau lien pour { $who }
link-new-text = Le lien actuel cesse aussitôt et définitivement de fonctionner. Le nouveau ouvre le même siège ; l’hôte admet ensuite qui s’en sert, même après un retrait.
link-new-do = Créer un nouveau lien
copy = Copier
copy-link-of = Copier le lien de { $who }
copied = Copié
copy-failed = Le navigateur n’a pas copié. Sélectionnez le lien et copiez-le à la main.
host-link-title = Votre propre lien d’hôte
host-link-text = Il n’est qu’à vous. Il ouvre le siège de l’hôte et permet d’obtenir tous les autres liens de cet appel : ne le transmettez jamais.
host-link-or-seat = Si quelqu’un d’autre doit présider, envoyez-lui le lien de son siège dans la liste ci-dessous, jamais celui-ci.
host-link-copy = Copier le lien de l’hôte
host-link-open = Ouvrir le siège de l’hôte
call-end-title = Terminer ou supprimer
call-end = Terminer l’appel
call-delete = Supprimer l’appel
call-end-ask = Terminer « { $call } » ?
call-end-text = Tous quittent aussitôt la table et les liens cessent de fonctionner. L’appel reste dans votre liste.
call-end-do = Terminer l’appel
call-delete-ask = Supprimer « { $call } » ?
call-delete-text = L’appel se termine s’il est en cours, et ce serveur l’oublie. C’est irréversible.
call-delete-do = Supprimer l’appel
