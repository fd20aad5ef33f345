(async () => {
  const bytes = Uint8Array.from(atob("PICTURE"), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const data = context.getImageData(0, 0, picture.width, picture.height).data;
  const seen = new Map();
  let light = 0;
  for (let at = 0; at < data.length; at += 4) {
    const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    seen.set(colour, (seen.get(colour) || 0) + 1);
    light += 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
  }
  const points = data.length / 4;
  return { colours: seen.size, most: Math.max(...seen.values()) / points, brightness: light / points / 255 };
})()
