import { h } from './dom.ts';
import { clearOf, drawMarks, flagOf, marksOf } from './draw-marks.ts';
import { drawTracks } from './draw-tracks.ts';
import { filterWords } from './filter-words.ts';
import { findings } from './findings.ts';
import type { Track } from './layout.ts';
import { overview } from './overview-panel.ts';
import { ColumnCache, type PlotState, rasterTracks } from './plot.ts';
import { nameOfRun, runNames } from './run-names.ts';
import { canvasSurface, escapeXml, type Surface, svgSurface } from './surface.ts';
import { inkOn, tenantColour, theme } from './theme.ts';
import { timeAxis } from './time-axis.ts';

export interface ExportView {
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

const LABELS = 110;
const AXIS = 24;
/** Device pixels a CSS pixel, for print. */
const RATIO = 2;

export type ExportFormat = 'png' | 'svg' | 'report';

/** Saves the visible part, or all of it as a report. */
export function exportAs(format: ExportFormat, state: PlotState, view: ExportView): void {
  const save = { png: exportPng, svg: exportSvg, report: exportReport };
  save[format](state, view);
}

/** The visible part as a PNG file. */
function exportPng(state: PlotState, view: ExportView): void {
  picture(state, view).toBlob((blob) => {
    if (blob !== null) download(blob, 'lithos.png');
  });
}

/** The visible part as an SVG file: occupancy as an embedded picture, all else as lines and text. */
function exportSvg(state: PlotState, view: ExportView): void {
  download(new Blob([svgOf(state, view)], { type: 'image/svg+xml' }), 'lithos.svg');
}

/** A comparison as one HTML file that needs nothing else: all tracks, over the span that is shown. */
function exportReport(state: PlotState, { width }: ExportView): void {
  const light = { ...state, theme: theme(false, state.theme.names) };
  const height = Math.max(0, ...light.tracks.map((track) => track.y + track.height)) + 8;
  const view = { width, top: 0, height };
  const body = h('div', {}, ...overview(light.runs, light.theme));
  const text = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>LithOS comparison</title>
<style>
body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b2430}
svg{max-width:100%} section{break-inside:avoid;margin:1.5rem 0} table{border-collapse:collapse}
td,th{padding:.15rem .8rem;text-align:right;border-bottom:1px solid #d9dee4} th:first-child{text-align:left}
.best{font-weight:600} .swatch{display:inline-block;width:.8em;height:.8em;margin-right:.4em}
.chart{width:340px;margin:0 1rem 1rem 0} small{color:#5c6875;font-weight:400} li{margin:.2rem 0}
</style>
<h1>${escapeXml(runNames(light.runs.map(({ open }) => open.data)).join(' and '))}</h1>
<ul>${findings(light.runs)
    .map(({ text: line }) => `<li>${escapeXml(line)}</li>`)
    .join('')}</ul>
${filterLine(light)}${svgOf(light, view)}
${body.innerHTML}
<p><small>Scenario ${escapeXml(JSON.stringify(light.runs[0]?.open.data.manifest.scenario ?? {}))}</small></p>
</html>
`;
  download(new Blob([text], { type: 'text/html' }), 'lithos-report.html');
}

/** What is grey in the drawing, if anything is. */
function filterLine({ filter, hiddenTenants }: PlotState): string {
  const words = [
    filterWords(filter),
    hiddenTenants.size === 0 ? '' : `Dimmed tenants: ${[...hiddenTenants].join(', ')}`,
  ].filter((one) => one !== '');
  return words.length === 0
    ? ''
    : `<p>Grey is what does not match: ${escapeXml(words.join(' · '))}</p>\n`;
}

/** The drawing that `exportSvg` saves. */
export function svgOf(state: PlotState, view: ExportView): string {
  const surface = svgSurface();
  surface.image(LABELS, AXIS, view.width, view.height, occupancy(state, view).toDataURL());
  drawTracks(shifted(surface, LABELS, AXIS), state, view);
  drawMarks(shifted(surface, LABELS, AXIS), state, view);
  frame(surface, state, view);
  return surface.finish(LABELS + view.width + 10, AXIS + view.height, state.theme.background);
}

function occupancy(state: PlotState, view: ExportView): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(view.width * RATIO);
  canvas.height = Math.round(view.height * RATIO);
  const image = new ImageData(canvas.width, canvas.height);
  const words = new Uint32Array(image.data.buffer);
  const pixels = { words, width: canvas.width, height: canvas.height };
  rasterTracks(pixels, state, new ColumnCache(), { ...view, ratio: RATIO });
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas;
}

function picture(state: PlotState, view: ExportView): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round((LABELS + view.width + 10) * RATIO);
  canvas.height = Math.round((AXIS + view.height) * RATIO);
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  context.fillStyle = state.theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(occupancy(state, view), LABELS * RATIO, AXIS * RATIO);
  context.scale(RATIO, RATIO);
  const surface = canvasSurface(context);
  drawTracks(shifted(surface, LABELS, AXIS), state, view);
  drawMarks(shifted(surface, LABELS, AXIS), state, view);
  frame(surface, state, view);
  return canvas;
}

/** Names of the tracks, the time axis and the names of the marks. */
function frame(surface: Surface, state: PlotState, view: ExportView): void {
  const { theme: colours } = state;
  const bottom = AXIS + view.height;
  surface.rect(0, 0, LABELS, bottom, colours.background);
  surface.rect(0, 0, LABELS + view.width + 10, AXIS, colours.background);
  const { ticks, base } = timeAxis(state.span, view.width);
  surface.text(4, 16, base === '' ? 'time' : base, colours.muted);
  const marks = marksOf(state, view.width);
  for (const { x, text, anchor } of clearOf(ticks, marks, view.width)) {
    surface.line([LABELS + x, AXIS - 5, LABELS + x, AXIS], colours.muted, 1);
    surface.text(LABELS + x, 15, text, colours.muted, { size: 10.5, anchor });
  }
  for (const mark of marks) {
    const flag = flagOf(mark, view.width);
    surface.rect(LABELS + flag.x, 0, flag.width, 14, colours.accent);
    surface.text(LABELS + flag.x + 4, 11, mark.name, inkOn(colours.accent), {
      size: 10.5,
      bold: true,
    });
  }
  let gpc = '';
  for (const track of state.tracks) {
    const y = AXIS + track.y - view.top;
    if (y + 8 < AXIS || y > bottom - 6) continue;
    const { data } = (state.runs[track.run] as PlotState['runs'][number]).open;
    const name = nameOf(
      track,
      nameOfRun((state.runs[track.run] as PlotState['runs'][number]).open, state.runs),
      data.tenants.map((t) => t.name),
    );
    const key = track.kind === 'lane' ? `${track.run}:${track.gpc}` : '';
    if (name === '' || (key !== '' && key === gpc)) continue;
    gpc = key;
    const isTitle = track.kind === 'title';
    const fill =
      track.kind === 'requests'
        ? tenantColour(colours, data.tenants[track.tenant]?.name)
        : colours.text;
    surface.text(4, y + (isTitle ? 16 : 11), name, fill, {
      bold: isTitle || track.kind === 'requests',
    });
  }
}

function nameOf(track: Track, policy: string, tenants: readonly string[]): string {
  switch (track.kind) {
    case 'title':
      return policy;
    case 'requests':
      return tenants[track.tenant] ?? '';
    case 'held':
      return 'TPCs held';
    case 'lane':
      return track.gpc < 0 ? 'all TPCs' : `GPC ${track.gpc}`;
    case 'queue':
      return track.which === 'launches_queued' ? 'launch queue' : 'sync queue';
    case 'counter':
      return track.column === 'power_w' ? 'power' : 'SM clock';
  }
}

/** A surface whose origin lies elsewhere. */
function shifted(surface: Surface, dx: number, dy: number): Surface {
  const move = (points: readonly number[]): number[] =>
    points.map((value, i) => value + (i % 2 === 0 ? dx : dy));
  return {
    rect: (x, y, width, height, fill, opacity) =>
      surface.rect(x + dx, y + dy, width, height, fill, opacity),
    line: (points, stroke, width, dash) => surface.line(move(points), stroke, width, dash),
    area: (points, fill, opacity) => surface.area(move(points), fill, opacity),
    text: (x, y, text, fill, style) => surface.text(x + dx, y + dy, text, fill, style),
  };
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
