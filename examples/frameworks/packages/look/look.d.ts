export declare const links: ReadonlyArray<{ href: string, label: string }>
export declare const price: (cents: number) => string
export declare const whenAndWhere: (screening: { day: string, time: string, place: string }) => string
export declare const lantern: string
