import { MS } from '@lithos/core';
import type { PolicyView, TenantView } from './policy-view.ts';
import { digits, spanText } from './span-text.ts';

/** Ratios within this share of one are "about the same". */
const SAME = 0.05;

/** What a comparison comes to, in words; empty without LithOS, or without others beside it. */
export function closingSentences(views: readonly PolicyView[]): readonly string[] {
  const lithos = views.find(({ policy }) => policy === 'lithos');
  const others = views.filter(({ policy }) => policy !== 'lithos');
  if (lithos === undefined || others.length === 0) return [];
  return [
    ...latencySentence(lithos, others),
    ...throughputSentence(lithos, others),
    ...refusals(views),
  ];
}

/** The P99 of the high-priority tenant for which the policies differ most. */
function latencySentence(lithos: PolicyView, others: readonly PolicyView[]): readonly string[] {
  const candidates = lithos.tenants
    .filter((tenant) => tenant.class === 'hp' && tenant.p99Ms !== undefined)
    .map((tenant) => ({ tenant, spread: spread(tenant, others) }))
    .sort((a, b) => b.spread - a.spread);
  const [widest] = candidates;
  if (widest === undefined) return [];
  const { tenant } = widest;
  const own = tenant.p99Ms ?? 0;
  const rivals = others.flatMap(({ policy, tenants }) => {
    const rival = tenants.find(({ name }) => name === tenant.name);
    return rival === undefined || rival.refused !== undefined ? [] : [{ policy, rival }];
  });
  const parts = rivals.map(({ policy, rival }) =>
    rival.p99Ms === undefined
      ? `under ${policy} no request completes`
      : `under ${policy} it is ${spanText(rival.p99Ms)} (${ratioText(rival.p99Ms / own)})`,
  );
  if (parts.length === 0) return [];
  return [`LithOS ${verb(tenant)} ${tenant.name}'s P99 at ${spanText(own)}; ${parts.join(', ')}.`];
}

/** `holds` only what is within the objective. */
function verb({ p99Ms, slo }: TenantView): string {
  const { latencyP99Ns } = slo;
  return latencyP99Ns === undefined || (p99Ms ?? 0) * MS <= latencyP99Ns ? 'holds' : 'leaves';
}

/** How far a tenant's P99 under another policy is from that under LithOS, as a factor. */
function spread(tenant: TenantView, others: readonly PolicyView[]): number {
  const own = tenant.p99Ms ?? 0;
  const factors = others.map(({ tenants }) => {
    const rival = tenants.find(({ name }) => name === tenant.name);
    if (rival === undefined || rival.refused !== undefined) return 1;
    return rival.p99Ms === undefined ? Number.POSITIVE_INFINITY : rival.p99Ms / own;
  });
  return Math.max(...factors.map((factor) => Math.max(factor, 1 / factor)));
}

function ratioText(ratio: number): string {
  if (Math.abs(ratio - 1) <= SAME) return 'about the same';
  const factor = `${digits(ratio, 2)}x`;
  return ratio > 1 ? factor : `${factor}, lower`;
}

function throughputSentence(lithos: PolicyView, others: readonly PolicyView[]): readonly string[] {
  const total = ({ throughputX }: PolicyView): string => `${throughputX.toFixed(2)}x`;
  const parts = others.map((view) => `${total(view)} under ${view.policy}`);
  return [
    `Together the tenants do ${total(lithos)} what one does alone, against ${parts.join(', ')}.`,
  ];
}

function refusals(views: readonly PolicyView[]): readonly string[] {
  return views.flatMap(({ policy, tenants }) => {
    const names = tenants.flatMap(({ name, refused }) => (refused === undefined ? [] : [name]));
    const label = policy === 'lithos' ? 'LithOS' : policy;
    return names.length === 0 ? [] : [`${label} has no room for ${names.join(' and ')}.`];
  });
}
