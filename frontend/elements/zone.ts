// Coming in: the form says which time zone this device is in, so that a newcomer reads his own hours from the first page.
function say(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("[data-own-zone]"))
    input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

document.addEventListener("turbo:load", say);
say();
