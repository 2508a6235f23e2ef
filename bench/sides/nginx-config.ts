// nginx as people run it in front of Node processes, without what the row does not measure. Pure.

export interface NginxConfig {
  port: number
  /** For its pid and temporary files: it must write nowhere else. */
  folder: string
  /** Path prefix → port of a process; the process sees `/`. */
  upstreams: Readonly<Record<string, number>>
}

/** One worker, as our gateway is one thread; keep-alive on both sides; no access log, as ours writes none in these rows. */
export function nginxConfig ({ port, folder, upstreams }: NginxConfig): string {
  const entries = Object.entries(upstreams)
  return `worker_processes 1;
daemon off;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${entries.map(([, upstream]) => `  upstream port${upstream} { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 1000000000; }`).join('\n')}
  server {
    listen 127.0.0.1:${port};
${entries.map(([prefix, upstream]) => `    location ${prefix} {
      proxy_pass http://port${upstream}/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Request-Id $request_id;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }`).join('\n')}
  }
}
`
}
