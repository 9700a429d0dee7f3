"""E-mail: what reps write to persons, from the template to the message.

Mails are made from templates that the language of this slice understands and nothing else can run in. Every mail
has a plain-text part, and no value that is put into one can change what the template around it says.
"""
