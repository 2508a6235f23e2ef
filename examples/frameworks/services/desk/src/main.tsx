// The box office: a page of its own, built by Vite; all that it knows comes over the gateway it came from.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@lantern/look/look.css'
import './desk.css'
import { Desk } from './desk'

createRoot(document.getElementById('root') as HTMLElement).render(<StrictMode><Desk /></StrictMode>)
