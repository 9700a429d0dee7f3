"""What people are called: first and last names of several cultures, and the short forms they go by.

The lists are this project's own, of names that many bear. A country mixes cultures, as its offices do.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Culture:
    """Names that go together."""

    first: tuple[str, ...]
    last: tuple[str, ...]


def _culture(first: str, last: str) -> Culture:
    return Culture(tuple(first.split()), tuple(name.replace("_", " ") for name in last.split()))


CULTURES = {
    "english": _culture(
        "James Robert John Michael William David Richard Joseph Thomas Christopher Daniel Matthew Anthony Steven "
        "Andrew Kenneth Joshua Kevin Edward Timothy Jeffrey Nicholas Benjamin Samuel Gregory Alexander Patrick "
        "Jonathan Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Margaret Sandra Ashley "
        "Kimberly Emily Michelle Amanda Melissa Deborah Stephanie Rebecca Laura Cynthia Kathleen Amy Angela "
        "Katherine Victoria Christine Samantha Rachel Abigail Olivia",
        "Harper Whitfield Carver Brennan Mercer Holloway Prescott Lawson Bennett Sinclair Thornton Ashby Calloway "
        "Pritchard Donovan Fletcher Granger Haskell Ingram Jarvis Kendrick Lockwood Mayfield Norris Oakley "
        "Parrish "
        "Quinlan Radcliffe Sheffield Tillman Underwood Vance Wexler Yates Barlow Chandler Draper Ellison Farley "
        "Gallagher Hensley Irwin Jennings Keller Langley Maddox Newell Osborne Pierce Rowland Stratton Trent "
        "Walters Abbott Bishop Conway Drummond Everett Frost Goodwin Hayes O'Connor O'Neill McAllister McKenna "
        "Fitzgerald Taylor-Reed Hart Moss Boone Snow Wilder",
    ),
    "african_american": _culture(
        "Marcus Darnell Terrence Andre Jamal Malik Isaiah Xavier Keisha Tamika Latoya Imani Ebony Aaliyah Jasmine "
        "Monique Denise Tanya Nia Reginald",
        "Washington Jefferson Booker Freeman Banks Gaines Dorsey Mosley Rivers Battle Coleman Bryant Simmons "
        "Whitaker Glover Hairston Pettway Tolliver",
    ),
    "hispanic": _culture(
        "José Luis Carlos Miguel Juan Jorge Alejandro Diego Rafael Andrés Fernando Javier Ricardo María Carmen "
        "Ana "
        "Lucía Sofía Isabel Gabriela Valentina Camila Elena Paula Adriana Rosa Daniela Mónica Verónica Ximena",
        "García Martínez López Hernández González Pérez Sánchez Ramírez Torres Flores Rivera Gómez Díaz Cruz "
        "Reyes "
        "Morales Ortiz Gutiérrez Chávez Ramos Ruiz Álvarez Mendoza Vásquez Castillo Jiménez Moreno Romero Herrera "
        "Medina Aguilar Peña Núñez Ibáñez",
    ),
    "indian": _culture(
        "Rahul Amit Sanjay Vikram Arjun Rohan Anil Suresh Deepak Karthik Nikhil Pranav Priya Anjali Neha Kavita "
        "Sunita Divya Pooja Meera Shreya Lakshmi Aditi Nandini",
        "Sharma Patel Iyer Reddy Gupta Nair Menon Rao Desai Mehta Joshi Kulkarni Banerjee Chatterjee Mukherjee "
        "Krishnan Subramanian Verma Kapoor Malhotra Bhatt Pillai Shah Singh",
    ),
    "chinese": _culture(
        "Wei Jing Li Ming Yan Hui Xin Jun Lei Fang Grace Kevin Amy Jason Cindy Tony",
        "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Lin Guo Tang Feng Lau Cheung",
    ),
    "vietnamese": _culture(
        "Minh Anh Linh Thanh Huong Tuan Kim Vivian Peter", "Nguyen Tran Pham Hoang Vu Dang Le Bui"
    ),
    "korean": _culture(
        "Ji-woo Min-jun Seo-yeon Hye-jin Sung-min Eun-ji Daniel Esther Grace",
        "Kim Park Choi Jung Kang Yoon Shin Hwang",
    ),
    "german": _culture(
        "Andreas Stefan Michael Thomas Jürgen Matthias Jörg Klaus Uwe Florian Tobias Sebastian Maximilian Lukas "
        "Björn Günther Sabine Petra Claudia Katrin Birgit Anja Julia Franziska Johanna Lena Heike Ulrike Käthe",
        "Müller Schäfer Köhler Krüger Böhm Brandt Lindner Kessler Vogt Reinhardt Albrecht Dietrich Engel "
        "Falkenberg "
        "Grünwald Hartmann Jäger Kaiser Lehmann Nowak Pfeiffer Richter Schröder Steinbach Thiele Ullrich Voigt "
        "Weiß Ziegler von_Arnim von_der_Heide Özdemir Yılmaz",
    ),
    "french": _culture(
        "Jean-Pierre François Antoine Julien Nicolas Thierry Hervé Benoît Étienne Cédric Guillaume Mathieu Amélie "
        "Céline Hélène Sylvie Chloé Camille Aurélie Noémie Élodie Margaux Anne-Sophie Zoé",
        "Lefèvre Moreau Fournier Girard Bonnet Rousseau Chevalier Gauthier Perrin Renaud Mercier Blanchard Guérin "
        "Deschamps Dufour Delacroix Béranger Marchand Carpentier Vasseur Benali Diallo D'Aubigné de_Villiers",
    ),
    "nordic": _culture(
        "Lars Erik Anders Johan Mikael Nils Henrik Jesper Åsa Ingrid Astrid Karin Malin Linnéa Sigrid Maja Søren",
        "Lindqvist Bergström Sjöberg Nyström Holm Ekström Åkesson Öberg Dahl Hedlund Sandberg Wikström Nørgaard "
        "Kjær Halvorsen",
    ),
    "slavic": _culture(
        "Piotr Tomasz Marek Krzysztof Jakub Łukasz Agnieszka Katarzyna Magdalena Małgorzata Ivan Dmitri Olga "
        "Natalia Svetlana Milan Jelena Petra",
        "Kowalski Wiśniewski Wójcik Zieliński Szymański Dąbrowska Nowakowski Petrov Sokolova Horvat Novák "
        "Dvořáková "
        "Jovanović Kovačević",
    ),
    "arabic_turkish": _culture(
        "Omar Khalid Youssef Karim Hassan Tariq Layla Fatima Noor Amira Leila Zeynep Emre Mehmet Ayşe Yasmin",
        "Haddad Khalil Mansour Nasser Rahman Saleh Aziz Farouk El-Amin Kaya Demir Şahin Aydın Al-Rashid",
    ),
    "african": _culture(
        "Chinedu Adaeze Emeka Ngozi Oluwaseun Folake Kwame Ama Kofi Abena Thabo Nomvula Wanjiru Kamau",
        "Okafor Adeyemi Okonkwo Balogun Mensah Boateng Asante Osei Ndlovu Mwangi Otieno Eze",
    ),
}

_MIXES = {
    "US": "english 48 african_american 8 hispanic 16 indian 9 chinese 6 vietnamese 3 korean 3 slavic 3 "
    "arabic_turkish 3 "
    "african 2",
    "CA": "english 45 french 22 indian 10 chinese 9 vietnamese 2 korean 2 slavic 4 arabic_turkish 4 african 3",
    "GB": "english 68 indian 11 african 6 slavic 6 arabic_turkish 4 chinese 3 french 2",
    "DE": "german 78 slavic 9 arabic_turkish 10 nordic 3",
    "FR": "french 80 arabic_turkish 10 african 6 hispanic 4",
    "SE": "nordic 82 slavic 6 arabic_turkish 8 german 4",
    "AU": "english 62 chinese 10 indian 10 vietnamese 4 korean 2 slavic 5 arabic_turkish 4 hispanic 3",
}

NICKNAMES = {
    "James": ("Jim", "Jamie"),
    "Robert": ("Bob", "Rob"),
    "John": ("Jack",),
    "Michael": ("Mike",),
    "William": ("Bill", "Will"),
    "David": ("Dave",),
    "Richard": ("Rick", "Dick"),
    "Joseph": ("Joe",),
    "Thomas": ("Tom",),
    "Christopher": ("Chris",),
    "Daniel": ("Dan",),
    "Matthew": ("Matt",),
    "Anthony": ("Tony",),
    "Steven": ("Steve",),
    "Andrew": ("Andy", "Drew"),
    "Kenneth": ("Ken",),
    "Joshua": ("Josh",),
    "Edward": ("Ed", "Ted"),
    "Timothy": ("Tim",),
    "Jeffrey": ("Jeff",),
    "Nicholas": ("Nick",),
    "Benjamin": ("Ben",),
    "Samuel": ("Sam",),
    "Gregory": ("Greg",),
    "Alexander": ("Alex",),
    "Patrick": ("Pat",),
    "Jonathan": ("Jon",),
    "Patricia": ("Pat", "Patty"),
    "Jennifer": ("Jen", "Jenny"),
    "Elizabeth": ("Liz", "Beth"),
    "Susan": ("Sue",),
    "Margaret": ("Maggie", "Peggy"),
    "Sandra": ("Sandy",),
    "Kimberly": ("Kim",),
    "Deborah": ("Debbie",),
    "Rebecca": ("Becky",),
    "Cynthia": ("Cindy",),
    "Kathleen": ("Kathy",),
    "Katherine": ("Kate", "Kathy"),
    "Victoria": ("Vicky",),
    "Christine": ("Chris",),
    "Samantha": ("Sam",),
    "Abigail": ("Abby",),
    "Stephanie": ("Steph",),
    "Amanda": ("Mandy",),
    "Alejandro": ("Alex",),
    "Maximilian": ("Max",),
    "Isabel": ("Isa",),
}
"""Short forms that people type instead of the name on their card."""


def pick_name(rng: Random, country: str) -> tuple[str, str]:
    """A first and a last name as one may meet them in an office of this country."""
    mix = _MIXES[country].split()
    culture = CULTURES[rng.choices(mix[::2], [int(weight) for weight in mix[1::2]])[0]]
    return rng.choice(culture.first), rng.choice(culture.last)
