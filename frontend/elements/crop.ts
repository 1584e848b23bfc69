// Choosing the part of a picture that becomes a photo: dragged, or moved by the arrow keys. Without it the middle is kept.
class PhotoCrop extends HTMLElement {
  private image?: HTMLImageElement;
  private sizeBefore = 0; // the size of the part before it was enlarged
  private x = 0;
  private y = 0;

  connectedCallback(): void {
    this.file.addEventListener("change", () => this.read());
    this.zoom.addEventListener("input", () => this.enlarge());
    this.view.addEventListener("pointermove", (event) => {
      if (event.buttons && this.image) this.move(-event.movementX, -event.movementY);
    });
    this.view.addEventListener("pointerdown", (event) => this.view.setPointerCapture(event.pointerId));
    this.view.addEventListener("keydown", (event) => {
      const [x, y] = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[event.key] ?? [];
      if (x === undefined || y === undefined) return;
      event.preventDefault();
      this.move(x, y);
    });
  }

  private get file() { return this.querySelector<HTMLInputElement>("input[type=file]")!; }
  private get zoom() { return this.querySelector<HTMLInputElement>("input[type=range]")!; }
  private get view() { return this.querySelector("canvas")!; }
  private get size() { return Math.min(this.image!.width, this.image!.height) * 100 / Number(this.zoom.value); }

  private read(): void {
    const file = this.file.files?.[0];
    this.image = undefined;
    this.keep("", "", "");
    this.querySelector<HTMLElement>(".crop")!.hidden = true;
    const large = !!file && file.size > Number(this.dataset.most); // said at once, before it is sent for nothing
    this.querySelector<HTMLElement>("[role=alert]")!.hidden = !large;
    if (large) this.file.value = "";
    if (!file || large) return;
    const reader = new FileReader(); // an address of data: the policy lets no blobs be shown
    reader.onload = () => {
      const image = new Image();
      image.onload = () => {
        this.image = image;
        this.zoom.value = "100";
        this.x = (image.width - this.size) / 2;
        this.y = (image.height - this.size) / 2;
        this.querySelector<HTMLElement>(".crop")!.hidden = false;
        this.draw();
      };
      image.src = String(reader.result);
    };
    reader.readAsDataURL(file);
  }

  /** Another size of the part, around the same middle. */
  private enlarge(): void {
    if (!this.image) return;
    this.x += (this.sizeBefore - this.size) / 2;
    this.y += (this.sizeBefore - this.size) / 2;
    this.draw();
  }

  /** Move the part by pixels of the view. */
  private move(x: number, y: number): void {
    if (!this.image) return;
    const scale = this.size / this.view.width;
    this.x += x * scale;
    this.y += y * scale;
    this.draw();
  }

  private draw(): void {
    if (!this.image) return;
    const size = Math.floor(this.size);
    this.sizeBefore = this.size;
    this.x = Math.max(0, Math.min(this.x, this.image.width - size));
    this.y = Math.max(0, Math.min(this.y, this.image.height - size));
    this.view.getContext("2d")!.drawImage(this.image, this.x, this.y, size, size, 0, 0, this.view.width, this.view.height);
    this.keep(String(Math.floor(this.x)), String(Math.floor(this.y)), String(size));
  }

  private keep(...values: string[]): void {
    ["cropX", "cropY", "cropSize"].forEach((name, at) => {
      this.querySelector<HTMLInputElement>(`[name=${name}]`)!.value = values[at] ?? "";
    });
  }
}

customElements.define("photo-crop", PhotoCrop);
