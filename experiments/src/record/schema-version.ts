import { LithosError } from '@lithos/core';

const SCHEMA = /^(.+)@(\d+)$/;

/**
 * Refuses a file that is not what is to be read.
 * @param stated what the file says it is, such as `lithos/atoms@1`; `undefined` if it says nothing
 * @param where what the error calls the file
 */
export function checkSchema(stated: unknown, wanted: string, where: string): void {
  if (stated === wanted) return;
  if (typeof stated === 'string' && isNewer(stated, wanted)) {
    throw new LithosError(
      'E_RECORD_VERSION',
      `${where}: written as '${stated}', which is newer than the '${wanted}' that is read here`,
      'use the version of lithos that wrote it, or a newer one',
    );
  }
  throw new LithosError(
    'E_RECORD_FOREIGN',
    `${where}: not a '${wanted}' file${typeof stated === 'string' ? `, but '${stated}'` : ''}`,
    'give a folder that `lithos run` or `lithos compare` wrote',
  );
}

function isNewer(stated: string, wanted: string): boolean {
  const [, statedName, statedVersion] = SCHEMA.exec(stated) ?? [];
  const [, wantedName, wantedVersion] = SCHEMA.exec(wanted) ?? [];
  return statedName === wantedName && Number(statedVersion) > Number(wantedVersion);
}
