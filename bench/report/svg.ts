/** Text at a point of a picture. */
export function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${content}</text>`;
}

export function vertical(x: number, from: number, to: number, colour: string, thickness: number): string {
  const at = x.toFixed(1);
  return `<line x1="${at}" x2="${at}" y1="${from}" y2="${to}" stroke="${colour}" stroke-width="${thickness}"/>`;
}
