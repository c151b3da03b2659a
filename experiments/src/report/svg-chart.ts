import type { Chart } from '../experiments/types.ts';
import { barsSvg } from './svg-bars.ts';
import { linesSvg } from './svg-lines.ts';

/** A chart as an SVG file. */
export function chartSvg(chart: Chart): string {
  switch (chart.kind) {
    case 'bars':
      return barsSvg(chart);
    case 'lines':
      return linesSvg(chart);
  }
}
