/** What tracks are drawn on: a canvas, or an SVG text for a paper. Coordinates are CSS pixels. */
export interface Surface {
  rect(x: number, y: number, width: number, height: number, fill: string, opacity?: number): void;
  /** A line through points, x and y in turn. */
  line(points: readonly number[], stroke: string, width: number, dash?: readonly number[]): void;
  /** A filled polygon. */
  area(points: readonly number[], fill: string, opacity?: number): void;
  text(x: number, y: number, text: string, fill: string, style?: TextStyle): void;
}

export interface TextStyle {
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
  /** A colour around the letters, to be read on anything. */
  readonly halo?: string;
}

const FONT = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

export function canvasSurface(context: CanvasRenderingContext2D): Surface {
  const path = (points: readonly number[]): void => {
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      context.lineTo(points[i] as number, points[i + 1] as number);
    }
  };
  return {
    rect: (x, y, width, height, fill, opacity = 1) => {
      context.globalAlpha = opacity;
      context.fillStyle = fill;
      context.fillRect(x, y, width, height);
      context.globalAlpha = 1;
    },
    line: (points, stroke, width, dash = []) => {
      path(points);
      context.setLineDash([...dash]);
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.stroke();
      context.setLineDash([]);
    },
    area: (points, fill, opacity = 1) => {
      path(points);
      context.closePath();
      context.globalAlpha = opacity;
      context.fillStyle = fill;
      context.fill();
      context.globalAlpha = 1;
    },
    text: (x, y, text, fill, { size = 11, anchor = 'start', bold = false, halo } = {}) => {
      context.font = `${bold ? '600 ' : ''}${size}px ${FONT}`;
      context.textAlign = anchor === 'middle' ? 'center' : anchor;
      context.textBaseline = 'alphabetic';
      if (halo !== undefined) {
        context.strokeStyle = halo;
        context.lineWidth = 3;
        context.lineJoin = 'round';
        context.strokeText(text, x, y);
      }
      context.fillStyle = fill;
      context.fillText(text, x, y);
    },
  };
}

export interface SvgSurface extends Surface {
  /** A picture, as a data URL. */
  image(x: number, y: number, width: number, height: number, url: string): void;
  /** The whole drawing. */
  finish(width: number, height: number, background: string): string;
}

export function svgSurface(): SvgSurface {
  const parts: string[] = [];
  const n = (value: number): string => String(Math.round(value * 100) / 100);
  const pairs = (points: readonly number[]): string => {
    const list: string[] = [];
    for (let i = 0; i < points.length; i += 2) {
      list.push(`${n(points[i] as number)},${n(points[i + 1] as number)}`);
    }
    return list.join(' ');
  };
  return {
    rect: (x, y, width, height, fill, opacity = 1) => {
      if (width <= 0 || height <= 0) return;
      parts.push(
        `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${fill}"${opacity < 1 ? ` opacity="${n(opacity)}"` : ''}/>`,
      );
    },
    line: (points, stroke, width, dash) => {
      const dashes = dash === undefined ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
      parts.push(
        `<polyline points="${pairs(points)}" fill="none" stroke="${stroke}" stroke-width="${width}"${dashes}/>`,
      );
    },
    area: (points, fill, opacity = 1) => {
      parts.push(`<polygon points="${pairs(points)}" fill="${fill}" opacity="${n(opacity)}"/>`);
    },
    text: (x, y, text, fill, { size = 11, anchor = 'start', bold = false, halo } = {}) => {
      const around =
        halo === undefined
          ? ''
          : ` stroke="${halo}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`;
      parts.push(
        `<text x="${n(x)}" y="${n(y)}" fill="${fill}" font-size="${size}" text-anchor="${anchor}"${bold ? ' font-weight="600"' : ''}${around}>${escapeXml(text)}</text>`,
      );
    },
    image: (x, y, width, height, url) => {
      parts.push(
        `<image x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" href="${url}" preserveAspectRatio="none" style="image-rendering:pixelated"/>`,
      );
    },
    finish: (width, height, background) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}" font-family='${FONT}'><rect width="100%" height="100%" fill="${background}"/>${parts.join('\n')}</svg>\n`,
  };
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
