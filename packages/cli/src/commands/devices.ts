import { DEVICES, type DeviceFile, findDevice } from '@lithos/sim';
import type { Command } from 'commander';
import { columns } from '../layout.ts';
import type { Terminal } from '../terminal.ts';

/** `lithos devices`. */
export function addDevices(program: Command, terminal: Terminal): void {
  program
    .command('devices')
    .description('list the devices, or the numbers of one with their sources')
    .argument('[id]', 'a device')
    .option('--json', 'print one JSON object')
    .action((id: string | undefined, { json }: { readonly json?: boolean }) => {
      if (id === undefined) list(terminal, json === true);
      else show(terminal, findDevice(id), json === true);
    });
}

function list(terminal: Terminal, json: boolean): void {
  const devices = DEVICES.map(({ id, name, description }) => ({ id, name, description }));
  if (json) terminal.json({ schema: 'lithos/devices@1', devices });
  else {
    const rows = devices.map(({ id, name, description }) => [id, `${name}: ${description}`]);
    terminal.print(columns(rows, terminal.width));
  }
}

function show(terminal: Terminal, device: DeviceFile, json: boolean): void {
  if (json) {
    terminal.json({ schema: 'lithos/device@1', device });
    return;
  }
  const { id, name, description, ...numbers } = device;
  terminal.print(`${terminal.paint.bold(id)}: ${name}, ${description}\n`);
  terminal.print(columns(sourcedRows(numbers, ''), terminal.width));
}

/** Rows of path, value and source for every number of a device file. */
function sourcedRows(value: object, path: string): readonly (readonly string[])[] {
  if ('source' in value && 'value' in value) {
    return [[path, String(value.value).replaceAll(',', ' '), String(value.source)]];
  }
  const source = 'source' in value ? String(value.source) : '';
  return Object.entries(value).flatMap(([key, child]) => {
    if (key === 'source') return [];
    const name = path === '' ? key : `${path}.${key}`;
    return typeof child === 'object' && child !== null
      ? sourcedRows(child, name)
      : [[name, String(child), source]];
  });
}
