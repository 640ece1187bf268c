"""Organisations, areas, officials and roles: who is who in government.

Owns the words *area* (province, district, subdistrict), *organisation* and its *kind*, *organisation event*
(renamed, moved, merged, split, abolished), *official* (an account that works for an organisation), *role* and
its *grant*, *invitation*, *substitution* (A acts for B from one day until another), *delegation* (whose
administrators may administer another organisation), *operator* (the organisation that runs this
installation), *service register* with its immutable *versions*, and *import batch*.

It never signs anyone in (people does), never holds personal data beyond an official's post and an invited
e-mail address, and never writes an imported row before somebody has accepted the preview.
"""
