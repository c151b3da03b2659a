import koffi from 'koffi';
import { CUDA_PROTOTYPES, DEV_RESOURCE, GREEN_CONTEXT_CALLS } from './cuda-prototypes.ts';
import { cudaError, RESULT } from './cuda-result.ts';
import { type Library, type NativeArgument, type NativeFunction, openLibrary } from './library.ts';

/** A handle or an address of the driver. */
export type Handle = bigint;

/** Loads libcuda; `LITHOS_LIBCUDA` names another file. */
export function openCuda(): Cuda {
  return new Cuda(
    openLibrary({
      code: 'E_CUDA',
      title: 'the CUDA driver',
      path: 'libcuda.so.1',
      variable: 'LITHOS_LIBCUDA',
      prototypes: CUDA_PROTOTYPES,
      fix: 'install the NVIDIA driver; in a container, pass the GPU in (`--gpus all`)',
      outdated: 'update the NVIDIA driver: 580 (CUDA 13) is known to work',
    }),
  );
}

/**
 * The CUDA driver: one method per call, typed, each result checked. A failed call throws a coded error
 * with the driver's name and text of the result. One thread uses it.
 */
export class Cuda {
  readonly path: string;
  private readonly library: Library;
  private readonly bound = new Map<string, NativeFunction>();
  private readonly handle = new BigUint64Array(1);
  private readonly word = new Int32Array(1);
  private readonly second = new Int32Array(1);
  private readonly launch: NativeFunction;
  private readonly graph: NativeFunction;

  constructor(library: Library) {
    this.library = library;
    this.path = library.path;
    this.launch = library.function('cuLaunchKernel');
    this.graph = library.function('cuGraphLaunch');
  }

  /** True if launches can be confined by green contexts with this driver. */
  get greenContexts(): boolean {
    return GREEN_CONTEXT_CALLS.every((name) => this.library.has(name));
  }

  has(call: string): boolean {
    return this.library.has(call);
  }

  init(): void {
    this.call('cuInit', 0);
  }

  /** For example 13000. */
  driverVersion(): number {
    this.call('cuDriverGetVersion', this.word);
    return this.word[0] as number;
  }

  deviceCount(): number {
    this.call('cuDeviceGetCount', this.word);
    return this.word[0] as number;
  }

  device(ordinal: number): number {
    this.call('cuDeviceGet', this.word, ordinal);
    return this.word[0] as number;
  }

  deviceName(device: number): string {
    const name = Buffer.alloc(256);
    this.call('cuDeviceGetName', name, name.length, device);
    return name.toString('latin1', 0, name.indexOf(0));
  }

  /** As NVML writes it, for finding the same device there. */
  deviceUuid(device: number): string {
    const bytes = Buffer.alloc(16);
    this.call('cuDeviceGetUuid_v2', bytes, device);
    return `GPU-${bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
  }

  attribute(device: number, attribute: number): number {
    this.call('cuDeviceGetAttribute', this.word, attribute, device);
    return this.word[0] as number;
  }

  totalMemory(device: number): number {
    return Number(this.newHandle('cuDeviceTotalMem_v2', device));
  }

  retainPrimaryContext(device: number): Handle {
    return this.newHandle('cuDevicePrimaryCtxRetain', device);
  }

  releasePrimaryContext(device: number): void {
    this.call('cuDevicePrimaryCtxRelease_v2', device);
  }

  setCurrent(context: Handle): void {
    this.call('cuCtxSetCurrent', context);
  }

  synchronize(): void {
    this.call('cuCtxSynchronize');
  }

  /** The numbers for the least and the most urgent stream: lower is more urgent. */
  priorityRange(): { readonly least: number; readonly greatest: number } {
    this.call('cuCtxGetStreamPriorityRange', this.word, this.second);
    return { least: this.word[0] as number, greatest: this.second[0] as number };
  }

  alloc(bytes: number): Handle {
    return this.newHandle('cuMemAlloc_v2', bytes);
  }

  free(address: Handle): void {
    this.call('cuMemFree_v2', address);
  }

  freeMemory(): number {
    const total = new BigUint64Array(1);
    this.call('cuMemGetInfo_v2', this.handle, total);
    return Number(this.handle[0]);
  }

  /** Pinned host memory that the device can write: 1 portable, 2 mapped. */
  allocMapped(bytes: number): Handle {
    return this.newHandle('cuMemHostAlloc', bytes, 3);
  }

  freeMapped(pointer: Handle): void {
    this.call('cuMemFreeHost', pointer);
  }

  /** The device's address of mapped host memory. */
  mappedAddress(pointer: Handle): Handle {
    return this.newHandle('cuMemHostGetDevicePointer_v2', pointer, 0);
  }

  fill(address: Handle, value: number, words: number): void {
    this.call('cuMemsetD32_v2', address, value, words);
  }

  upload(to: Handle, from: NodeJS.TypedArray): void {
    this.call('cuMemcpyHtoD_v2', to, from, from.byteLength);
  }

  download(to: NodeJS.TypedArray, from: Handle): void {
    this.call('cuMemcpyDtoH_v2', to, from, to.byteLength);
  }

  /** Compiles PTX, or loads a cubin; a failure carries the compiler's log. */
  loadModule(image: string | Uint8Array): Handle {
    const log = Buffer.alloc(8192);
    // CU_JIT_ERROR_LOG_BUFFER 5, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES 6
    const keys = new Int32Array([5, 6]);
    const values = new BigUint64Array([koffi.address(log), BigInt(log.length)]);
    const bytes = typeof image === 'string' ? Buffer.from(`${image}\0`, 'latin1') : image;
    const load = this.function('cuModuleLoadDataEx');
    const result = load(this.handle, bytes, 2, keys, values);
    if (result !== RESULT.success) {
      const end = log.indexOf(0);
      const text = log.toString('latin1', 0, end < 0 ? log.length : end).trim();
      throw cudaError(
        text === '' ? 'cuModuleLoadDataEx' : `cuModuleLoadDataEx [${text}]`,
        result,
        this,
      );
    }
    return this.handle[0] as bigint;
  }

  unloadModule(module: Handle): void {
    this.call('cuModuleUnload', module);
  }

  moduleFunction(module: Handle, name: string): Handle {
    return this.newHandle('cuModuleGetFunction', module, name);
  }

  functionAttribute(fn: Handle, attribute: number): number {
    this.call('cuFuncGetAttribute', this.word, attribute, fn);
    return this.word[0] as number;
  }

  setFunctionAttribute(fn: Handle, attribute: number, value: number): void {
    this.call('cuFuncSetAttribute', fn, attribute, value);
  }

  /** Blocks of a function that one SM holds. */
  blocksPerSm(fn: Handle, threads: number, dynamicBytes: number): number {
    this.call('cuOccupancyMaxActiveBlocksPerMultiprocessor', this.word, fn, threads, dynamicBytes);
    return this.word[0] as number;
  }

  /** The launch path: nothing is allocated. `parameters` is the address of a table of addresses. */
  launchKernel(
    fn: Handle,
    gx: number,
    gy: number,
    gz: number,
    bx: number,
    by: number,
    bz: number,
    sharedBytes: number,
    stream: Handle,
    parameters: Handle,
  ): void {
    const result = this.launch(fn, gx, gy, gz, bx, by, bz, sharedBytes, stream, parameters, 0);
    if (result !== RESULT.success) throw cudaError('cuLaunchKernel', result, this);
  }

  launchGraph(exec: Handle, stream: Handle): void {
    const result = this.graph(exec, stream);
    if (result !== RESULT.success) throw cudaError('cuGraphLaunch', result, this);
  }

  /** A stream of the current context that does not wait for the default stream. */
  createStream(priority: number): Handle {
    return this.newHandle('cuStreamCreateWithPriority', 1, priority);
  }

  destroyStream(stream: Handle): void {
    this.call('cuStreamDestroy_v2', stream);
  }

  synchronizeStream(stream: Handle): void {
    this.call('cuStreamSynchronize', stream);
  }

  /** True if everything in the stream is done; throws what its work failed with. */
  streamIdle(stream: Handle): boolean {
    return this.ready('cuStreamQuery', stream);
  }

  waitEvent(stream: Handle, event: Handle): void {
    this.call('cuStreamWaitEvent', stream, event, 0);
  }

  /** An event without a time stamp. */
  createEvent(): Handle {
    return this.newHandle('cuEventCreate', 2);
  }

  destroyEvent(event: Handle): void {
    this.call('cuEventDestroy_v2', event);
  }

  recordEvent(event: Handle, stream: Handle): void {
    this.call('cuEventRecord', event, stream);
  }

  eventDone(event: Handle): boolean {
    return this.ready('cuEventQuery', event);
  }

  /** Makes an executable graph of what `launch` launches into the stream. */
  captureGraph(stream: Handle, launch: () => void): Handle {
    // CU_STREAM_CAPTURE_MODE_RELAXED 2: other calls of this thread stay allowed.
    this.call('cuStreamBeginCapture_v2', stream, 2);
    try {
      launch();
    } catch (error) {
      this.abandonCapture(stream);
      throw error;
    }
    this.call('cuStreamEndCapture', stream, this.handle);
    const graph = this.handle[0] as bigint;
    const made = this.function('cuGraphInstantiateWithFlags')(this.handle, graph, 0);
    const exec = this.handle[0] as bigint;
    const freed = this.function('cuGraphDestroy')(graph);
    if (made !== RESULT.success) throw cudaError('cuGraphInstantiateWithFlags', made, this);
    if (freed === RESULT.success) return exec;
    // Nobody gets it.
    this.function('cuGraphExecDestroy')(exec);
    throw cudaError('cuGraphDestroy', freed, this);
  }

  /** Ends a capture whose launches failed; what it gives then is of no interest. */
  private abandonCapture(stream: Handle): void {
    this.handle[0] = 0n;
    this.function('cuStreamEndCapture')(stream, this.handle);
    if (this.handle[0] !== 0n) this.function('cuGraphDestroy')(this.handle[0] as bigint);
  }

  uploadGraph(exec: Handle, stream: Handle): void {
    this.call('cuGraphUpload', exec, stream);
  }

  destroyGraph(exec: Handle): void {
    this.call('cuGraphExecDestroy', exec);
  }

  /** The SM resource of the whole device. */
  smResource(device: number): Uint8Array {
    const resource = new Uint8Array(DEV_RESOURCE.bytes);
    this.call('cuDeviceGetDevResource', device, resource, 1);
    return resource;
  }

  /**
   * Splits an SM resource into groups of at least `minCount` SMs and gives the groups, one after the
   * other. With `ignoreCoscheduling` groups can be as small as a TPC.
   */
  splitSms(resource: Uint8Array, minCount: number, ignoreCoscheduling: boolean): Uint8Array {
    const flags = ignoreCoscheduling ? 1 : 0;
    const most = new DataView(resource.buffer).getUint32(DEV_RESOURCE.smCount, true);
    const groups = new Uint32Array([most]);
    const result = new Uint8Array(most * DEV_RESOURCE.bytes);
    const rest = new Uint8Array(DEV_RESOURCE.bytes);
    this.call('cuDevSmResourceSplitByCount', result, groups, resource, rest, flags, minCount);
    return result.subarray(0, (groups[0] as number) * DEV_RESOURCE.bytes);
  }

  /** A green context over groups of one split, given one after the other. */
  createGreenContext(groups: Uint8Array, device: number): Handle {
    const descriptor = this.newHandle(
      'cuDevResourceGenerateDesc',
      groups,
      groups.length / DEV_RESOURCE.bytes,
    );
    return this.newHandle('cuGreenCtxCreate', descriptor, device, 1);
  }

  destroyGreenContext(context: Handle): void {
    this.call('cuGreenCtxDestroy', context);
  }

  createGreenStream(context: Handle, priority: number): Handle {
    return this.newHandle('cuGreenCtxStreamCreate', context, 1, priority);
  }

  /** The driver's name of a result. */
  name(result: number): string {
    return this.resultText('cuGetErrorName', result) ?? 'CUDA_ERROR';
  }

  /** The driver's text of a result. */
  text(result: number): string {
    return this.resultText('cuGetErrorString', result) ?? 'the driver gives no text';
  }

  private resultText(call: string, result: number): string | undefined {
    const pointer = new BigUint64Array(1);
    if (this.function(call)(result, pointer) !== RESULT.success) return undefined;
    return koffi.decode.string(pointer[0]);
  }

  /** Calls a function whose first parameter is filled with a handle. */
  private newHandle(name: string, ...args: NativeArgument[]): Handle {
    this.call(name, this.handle, ...args);
    return this.handle[0] as bigint;
  }

  private ready(name: string, handle: Handle): boolean {
    const result = this.function(name)(handle);
    if (result === RESULT.notReady) return false;
    if (result !== RESULT.success) throw cudaError(name, result, this);
    return true;
  }

  private call(name: string, ...args: NativeArgument[]): void {
    const result = this.function(name)(...args);
    if (result !== RESULT.success) throw cudaError(name, result, this);
  }

  private function(name: string): NativeFunction {
    let fn = this.bound.get(name);
    if (fn === undefined) {
      fn = this.library.function(name);
      this.bound.set(name, fn);
    }
    return fn;
  }
}
