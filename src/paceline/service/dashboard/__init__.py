"""The pages: what dialer managers look at all day, made on this side and sent as HTML.

They decide nothing of their own: what may be done, what was found and how it ended comes from the same corridor that
commands and programs use. They must never know the platform or the database. Read first: `pages.render`,
`visitors.Viewing`, `campaigns_page.router`.

How a page is made:

* `router = APIRouter(include_in_schema=False)`, added to `ROUTERS` in `joining`, its place in the menu to `navigation`.
* Its handler is a plain `def` with `who: Viewing` (or `Operating`, `Approving`, `Administering`), and ends with
  `return render(request, "name.html", who, ...)`. A form's fields are in `who.form`; a change that comes with a cookie
  and without the session's token never reaches the handler.
* Its template begins with `{% extends layout %}` and fills the block `content`; `layout` is the whole page, or nothing
  around it where htmx asks for a part. Every form that changes something holds `{{ token_field() }}`.
* What is to be confirmed is a page of its own, reached by `<a href=... hx-get=... hx-target="#ask">`: a dialog with
  script, a page without. Its template extends `ask.html`.
* How something ended is told by `outcome.html` with all findings, in the same place.
* Words of the trade are linked: `{{ word("acw") }}`; `words` has them all.
"""
