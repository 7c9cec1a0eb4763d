import type { StageName } from '../queues/pipeline.ts'
import type { SectionName } from '../src/shared/config.ts'
import type { Handler } from './context.ts'
import type { Parts } from './parts.ts'
import { ffmpegVersion } from './versions.ts'

/** How a stage's handler is made, and which sections of the environment that takes. */
interface Entry<N extends StageName> {
  sections: readonly SectionName[]
  create(parts: Parts): Promise<Handler<N>>
  /** The tools that it runs, each with a way to ask for its version. */
  tools?(parts: Parts): Record<string, () => Promise<string | null>>
}

const ytdlp = ({ extractor }: Parts) => ({ 'yt-dlp': () => extractor().version() })
const ffmpeg = ({ tools }: Parts) => ({ ffmpeg: () => ffmpegVersion(tools().FFMPEG_PATH) })

/** One line per stage; leaving one out does not compile. Handlers load when a process runs their stage. */
export const REGISTRY: { [N in StageName]: Entry<N> } = {
  intake: {
    sections: ['people'],
    create: async ({ state, maxQueuedPerPerson, people }) =>
      (await import('./intake/handler.ts')).createHandler({
        ...state,
        rules: people(),
        maxQueuedPerPerson: maxQueuedPerPerson(),
      }),
  },
  inspect: {
    sections: ['tools', 'limits'],
    tools: ytdlp,
    create: async ({ state, extractor, limits }) =>
      (await import('./inspect/handler.ts')).createHandler({
        facts: state.facts,
        extractor: extractor(),
        limits: { ...limits(), deadlineMs: limits().inspectDeadlineMs },
      }),
  },
  fetch: {
    sections: ['tools', 'limits', 'artifacts'],
    tools: (parts) => ({ ...ytdlp(parts), ...ffmpeg(parts) }),
    create: async ({ state, artifacts, extractor, limits }) =>
      (await import('./fetch/handler.ts')).createHandler({
        facts: state.facts,
        artifacts: artifacts(),
        extractor: extractor(),
        limits: { ...limits(), deadlineMs: limits().fetchDeadlineMs },
      }),
  },
  transcode: {
    sections: ['tools', 'limits', 'artifacts'],
    tools: ffmpeg,
    create: async ({ artifacts, tools, limits }) =>
      (await import('./transcode/handler.ts')).createHandler({
        artifacts: artifacts(),
        tools: tools(),
        limits: limits(),
      }),
  },
  upload: {
    sections: ['storage', 'artifacts'],
    create: async ({ state, artifacts, storage }) =>
      (await import('./upload/handler.ts')).createHandler({
        joins: state.joins,
        artifacts: artifacts(),
        storage: storage(),
      }),
  },
  publish: {
    sections: ['artifacts'],
    create: async ({ state, artifacts }) =>
      (await import('./publish/handler.ts')).createHandler({ ...state, artifacts: artifacts() }),
  },
  send: {
    sections: ['telegram', 'storage', 'artifacts', 'reporting', 'people'],
    create: async (parts) =>
      (await import('./send/handler.ts')).createHandler({
        ...parts.state,
        timeZone: parts.reporting().REPORT_TZ,
        hasSurvey: parts.people().SURVEY === 'on',
        artifacts: parts.artifacts(),
        storage: parts.storage(),
        telegram: parts.telegram(parts.artifactsDir()),
        messages: parts.messages(),
      }),
  },
  notify: {
    sections: ['telegram'],
    create: async (parts) =>
      (await import('./notify/handler.ts')).createHandler({
        ...parts.state,
        telegram: parts.telegram(null),
        messages: parts.messages(),
      }),
  },
  aftercare: {
    sections: ['telegram', 'people'],
    create: async (parts) =>
      (await import('./aftercare/handler.ts')).createHandler({
        ...parts.state,
        telegram: parts.telegram(null),
        messages: parts.messages(),
        rules: parts.people(),
      }),
  },
  analytics: {
    sections: ['database', 'reporting'],
    create: async (parts) =>
      (await import('./analytics/handler.ts')).createHandler({
        ...parts.state,
        db: parts.database(),
        migrated: parts.migrated,
        timeZone: parts.reporting().REPORT_TZ,
        log: parts.log,
      }),
  },
  report: {
    sections: ['telegram', 'database', 'storage', 'artifacts', 'limits', 'reporting', 'reports'],
    create: async (parts) =>
      (await import('./report/handler.ts')).createHandler({
        ...parts.state,
        telegram: parts.telegram(null),
        messages: parts.messages(),
        db: parts.database(),
        storage: parts.storage(),
        freeBytes: () => parts.artifacts().freeBytes(),
        reserveBytes: parts.limits().diskReserveBytes,
        reporting: parts.reporting(),
        reports: parts.reports(),
      }),
  },
  maintenance: {
    sections: ['storage', 'database', 'reporting'],
    create: async (parts) =>
      (await import('./maintenance/handler.ts')).createHandler({
        ...parts.state,
        storage: parts.storage(),
        db: parts.database(),
        migrated: parts.migrated,
        reporting: parts.reporting(),
      }),
  },
}
