import { h } from './dom.ts';
import { formatCount } from './format.ts';
import type { Track } from './layout.ts';
import type { PlotRun } from './plot.ts';
import { runNames } from './run-names.ts';
import { tenantColour } from './theme.ts';
import type { TimelineActions, TimelineModel } from './timeline.ts';
import { update } from './update.ts';

/** Height from which a label has room for two lines. */
const TWO_LINES = 30;

/** Fills the column of names beside the tracks: real elements, so that keys and readers reach them. */
export function createGutter(
  gutter: HTMLElement,
  model: TimelineModel,
  tracks: readonly Track[],
  actions: TimelineActions,
): void {
  const items: HTMLElement[] = [];
  const names = runNames(model.runs.map(({ open }) => open.data));
  const seenGpc = new Set<string>();
  for (const track of tracks) {
    const run = model.runs[track.run] as PlotRun;
    const { data } = run.open;
    const place = `top:${track.y}px;height:${track.height}px`;
    switch (track.kind) {
      case 'title':
        items.push(title(names[track.run] as string, run, place, actions));
        break;
      case 'requests': {
        const tenant = data.tenants[track.tenant];
        const depth = run.depths[track.tenant];
        const most = depth?.mostWaiting ?? 0;
        const small = track.height < TWO_LINES;
        items.push(
          h(
            'div',
            {
              class: `label${small ? ' small' : ''}`,
              'data-key': `requests ${run.id} ${tenant?.name}`,
              style: place,
              title: `Requests of ${tenant?.name}: pale while they wait, full while they run; a red end missed an objective.`,
            },
            h(
              'span',
              { class: 'name' },
              h('i', {
                class: 'swatch',
                style: `background:${tenantColour(model.theme, tenant?.name)}`,
              }),
              `${tenant?.name}`,
            ),
            h(
              'span',
              { class: 'note' },
              small ? 'requests' : `requests · up to ${formatCount(most)} wait`,
            ),
          ),
        );
        break;
      }
      case 'held':
        items.push(
          label(
            place,
            'TPCs held',
            'dashes: quotas',
            'TPCs that each tenant held. Dashed lines: where the quotas end. Stripes: stolen TPCs.',
          ),
        );
        break;
      case 'lane': {
        const key = `${track.run}:${track.gpc}`;
        if (track.level === 'device')
          items.push(label(place, 'all TPCs', '', 'All TPCs of the device'));
        if (track.level === 'device' || seenGpc.has(key)) break;
        seenGpc.add(key);
        const mine = tracks.filter(
          (one) => one.kind === 'lane' && one.run === track.run && one.gpc === track.gpc,
        );
        const last = mine.at(-1) as Track;
        const height = last.y + last.height - track.y;
        const open = track.level === 'tpc';
        items.push(
          h(
            'button',
            {
              class: 'label gpc',
              'data-key': `gpc ${run.id} ${track.gpc}`,
              style: `top:${track.y}px;height:${height}px`,
              'aria-expanded': String(open),
              'aria-label': `GPC ${track.gpc} of ${names[track.run]}, ${data.gpcs[track.gpc]} TPCs`,
              title: open ? 'Show this GPC as one lane' : 'Show each TPC of this GPC',
              onclick: () => actions.toggleGpc(run, track.gpc),
            },
            h('span', { class: 'name' }, `${open ? '▾' : '▸'} GPC ${track.gpc}`),
            height > 30 ? h('span', { class: 'note' }, `${data.gpcs[track.gpc]} TPCs`) : undefined,
          ),
        );
        break;
      }
      case 'queue':
        items.push(
          track.which === 'launches_queued'
            ? label(
                place,
                'launch queue',
                '',
                'Launches that the scheduler has not handed over, per tenant',
              )
            : label(
                place,
                'sync queue',
                '',
                'Atoms handed to the device and not finished, per tenant',
              ),
        );
        break;
      case 'counter':
        items.push(
          track.column === 'power_w'
            ? label(place, 'power', '', 'Board power')
            : label(place, 'SM clock', '', 'SM clock'),
        );
        break;
    }
  }
  update(gutter, ...items);
}

function label(place: string, name: string, note: string, title: string): HTMLElement {
  return h(
    'div',
    { class: 'label', style: place, title },
    h('span', { class: 'name' }, name),
    note === '' ? undefined : h('span', { class: 'note' }, note),
  );
}

function title(name: string, run: PlotRun, place: string, actions: TimelineActions): HTMLElement {
  const { data } = run.open;
  const { manifest, summary } = data;
  const met = summary?.aggregate.hp_slo_attainment_pct;
  const facts = [
    // The name may have it already.
    name.includes(`seed ${manifest.seed}`) ? '' : `seed ${manifest.seed}`,
    manifest.device.id,
    manifest.backend === 'hw' ? 'measured on hardware' : '',
    met === undefined ? '' : `${met.toFixed(1)} % of objectives met`,
    data.atoms === undefined ? 'recorded without atoms' : `${formatCount(data.atoms.count)} atoms`,
    data.incomplete ?? '',
  ].filter((fact) => fact !== '');
  return h(
    'div',
    { class: 'run-title', 'data-key': `title ${run.id}`, style: place },
    h('strong', {}, name),
    h(
      'span',
      {
        class:
          data.incomplete === undefined || manifest.exit === 'running' ? 'facts' : 'facts warning',
      },
      facts.join(' · '),
    ),
    h(
      'button',
      {
        class: 'close',
        'data-key': 'close',
        'aria-label': `Close the run ${name}, seed ${manifest.seed}`,
        title: `Close ${data.name}`,
        onclick: () => actions.closeRun(run),
      },
      '×',
    ),
  );
}
