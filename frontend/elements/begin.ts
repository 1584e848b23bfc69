// The field in which a form begins: what it proposes is chosen, so that typing replaces it and an arrow keeps it.
function choose(field: EventTarget | null): void {
  if (field instanceof HTMLInputElement && field.autofocus) field.select();
}

document.addEventListener("focusin", (event) => choose(event.target));
choose(document.activeElement); // a page that was loaded gave it the focus before this ran
