"""Words of each language that say nothing of what a text is about."""

from __future__ import annotations

from typing import Final

STOPWORDS: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": """
            about above after again against all also although among and another any are around because been before
            being below between both but can cannot could did does doing down during each either even ever every few
            first for from further had has have having her here hers him his how however including into its itself just
            last later less like made make many may might more most much must nearly neither never nor not now off
            often once one only onto other others our out over own per perhaps quite rather same second several shall
            she should since some still such than that the their them then there therefore these they this those though
            three through thus too toward towards two under until upon use used very was well were what when where
            whether which while who whom whose why will with within without would yet you your""",
        "es": """
            ahora algo alguna algunas alguno algunos ante antes aquel aquella aquellos así aun aunque bajo bien cada
            casi como con contra cual cuales cualquier cuando cuanto cuya cuyo dado dan decir del desde después donde
            dos durante ella ellas ello ellos embargo entonces entre era eran eres esa esas ese eso esos esta estaba
            estado estar estas este esto estos está están fue fueron gran grandes haber había habían hace hacer hacia
            hasta hay incluso las les los luego mayor mediante mejor menos mientras mismo mucha muchas mucho muchos muy
            más nada otra otras otro otros para parte pero poco por porque primer primera pues que quien quienes qué
            según ser será sido siempre siendo sin sino sobre son su sus también tan tanto tener tenía tiene tienen
            toda todas todo todos tras tres tuvo una unas uno unos usa vez veces ya""",
        "fr": """
            ainsi alors après assez aucun aucune aujourd auquel aussi autre autres aux avait avaient avant avec avoir
            beaucoup bien car cela celle celles celui cependant ces cet cette ceux chaque chez comme comment dans
            depuis des deux dont durant elle elles encore enfin entre est était étaient été être eux faire fait fois
            font grand grande ils jusqu jusque leur leurs lors lorsque lui mais mal malgré même mêmes moins mon
            notamment notre nos nous ont par parce parfois parmi pas pendant peu peut peuvent plus plusieurs plutôt
            pour pourquoi premier première presque près puis puisque quand que quel quelle quelques qui quoi sans selon
            sera ses soit son sont sous souvent sur tandis tant tel telle tels tous tout toute toutes très trois trop
            une vers voici voilà votre vous""",
        "de": """
            aber alle allem allen aller alles als also andere anderen anderer auch auf aus außerdem bei beide beiden
            beim bereits bis bisher dabei dadurch dafür damit danach dann daran darauf daraus darin darüber das dass
            davon dazu dem den denen denn dennoch der deren des deshalb dessen die dies diese diesem diesen dieser
            dieses doch dort drei durch ebenfalls ein eine einem einen einer eines einige einigen er erst erste ersten
            etwa etwas für ganz gegen gewesen gibt haben hat hatte hatten hier hinter ihm ihn ihnen ihr ihre ihrem
            ihren ihrer immer in ist jede jedem jeden jeder jedes jedoch kann kein keine können konnte lassen mehr
            mehrere meist mit muss müssen nach nachdem neben nicht nichts noch nun nur ob oder ohne schon sehr sein
            seine seinem seinen seiner seit selbst sich sie sind so sogar solche soll sollte sondern sowie über um und
            uns unter viel viele vielen vom von vor wann war waren warum was wegen weil weiter weitere welche welcher
            wenn wer werden wie wieder wird wo wobei wurde wurden während zu zum zur zwar zwei zwischen""",
        "pt": """
            acordo agora ainda algo alguma algumas algum alguns ante antes ao aos aquela aquele aqueles aqui as assim
            até bem cada com como contra contudo cuja cujo da das de depois desde dessa desse desta deste disso do dois
            dos durante duas e ela elas ele eles em embora enquanto entanto entre era eram essa essas esse esses esta
            estas estava este estes está estão eu faz fazer foi for foram forma grande grandes há isso isto já lhe logo
            maior mais mas meio melhor menos mesma mesmo muita muitas muito muitos na nada nas nem no nos nossa nosso
            não nunca onde os ou outra outras outro outros para parte pela pelas pelo pelos pode podem pois por porque
            porém pouco primeira primeiro qual quais qualquer quando quanto quase que quem se segundo seja sem sempre
            sendo ser será seu seus sido sob sobre sua suas são também tanto tem ter teve tinha toda todas todo todos
            três um uma umas uns vez vezes""",
        "it": """
            abbia agli alla alle allo allora altra altre altri altro anche ancora anni aveva avevano avere avuto bene
            ben che chi ciascun ciò circa coi col come con contro cosa così cui dagli dai dal dalla dalle dallo degli
            dei del della delle dello dentro dopo dove due dunque durante ebbe entrambi era erano essa esse essere essi
            essendo fare fatto fino fra fu furono già gli grande grandi hanno infatti infine inoltre invece la le lei
            loro lui lungo ma maggior maggiore mai meno mentre mia molta molte molti molto negli nei nel nella nelle
            nello nessun nessuna niente noi non nostra nostro ogni oltre oppure ora per perché però più poco poi poiché
            prima primo proprio può qualche quale quali quando quanto quasi quella quelle quelli quello questa queste
            questi questo quindi secondo sempre senza sia siano sono sopra sotto spesso stata state stati stato stessa
            stesso sua sue sugli sul sulla sulle suo suoi tale tali tanto tra tre troppo tutta tutte tutti tutto una
            uno verso viene vengono""",
    }.items()
}
